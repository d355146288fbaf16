"""Look at a domain from outside: all questions at once, bounded in number and time."""

import asyncio
from collections.abc import Sequence

import msgspec

from control_plane.mail_domains.checkup.needs import Needs
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.resolver import Resolver
from control_plane.mail_domains.schemas import DnsRecord


class Observer(msgspec.Struct, frozen=True):
    """What a domain is looked at with."""

    resolver: Resolver


async def observe(observer: Observer, needs: Needs, records: Sequence[DnsRecord]) -> Observations:
    """Ask all that is to be known; never fails, what could not be found out is a problem in its answer."""
    asked = list({(record.host, record.type) for record in records})
    answers = await asyncio.gather(*(observer.resolver.lookup(*question) for question in asked))
    return Observations(needs=needs, answers=dict(zip(asked, answers, strict=True)))
