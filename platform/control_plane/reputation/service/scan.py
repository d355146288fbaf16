"""Ask the lists about a subject, through our own resolvers, and believe only those that know their test entries."""

import asyncio
from collections.abc import Sequence

from control_plane.core.runtime import Runtime
from control_plane.mail_domains.resolver import DnsResolver, Resolver
from control_plane.reputation import reading
from control_plane.reputation.lists import LISTS, Blocklist, Subject
from control_plane.reputation.reading import Reading
from control_plane.reputation.resolvers import are_public

_PUBLIC = "it is not asked through public resolvers: set FLEETPOST_NAMESERVERS to one of your own"
_LOOKUP_SECONDS = 5.0


class Scanner:
    """Looks things up for as long as one round lasts; whether a list works is found out once in it."""

    def __init__(
        self, resolver: Resolver, lists: Sequence[Blocklist] = LISTS, *, public_resolver: bool = False
    ) -> None:
        self._resolver = resolver
        self._lists = lists
        self._public_resolver = public_resolver
        self._faults: dict[tuple[str, str], asyncio.Task[str | None]] = {}

    async def look(self, what: Subject, subject: str) -> dict[str, Reading]:
        """Ask every list that knows such subjects."""
        asked = [each for each in self._lists if each.what == what and reading.fits(each, subject)]
        found = await asyncio.gather(*(self._look(each, subject) for each in asked))
        return {each.name: one for each, one in zip(asked, found, strict=True)}

    async def _look(self, blocklist: Blocklist, subject: str) -> Reading:
        if blocklist.own_resolver_only and self._public_resolver:
            return Reading(state="unknown", why=_PUBLIC)
        if fault := await self._fault(blocklist, subject):
            return Reading(state="unknown", why=fault)
        return reading.read(blocklist, await self._resolver.lookup(reading.question(blocklist, subject), "A"))

    async def _fault(self, blocklist: Blocklist, subject: str) -> str | None:
        entries = reading.own_entries(blocklist, subject)
        known = (blocklist.name, entries[0])
        if known not in self._faults:
            self._faults[known] = asyncio.create_task(self._try(blocklist, entries))
        return await self._faults[known]

    async def _try(self, blocklist: Blocklist, entries: tuple[str, str]) -> str | None:
        questions = (reading.question(blocklist, entry) for entry in entries)
        listed, clean = await asyncio.gather(*(self._resolver.lookup(each, "A") for each in questions))
        return reading.fault(blocklist, listed, clean)


def scanner_of(runtime: Runtime) -> Scanner:
    """Make a scanner with this installation's own resolvers."""
    nameservers = runtime.settings.nameservers
    resolver = DnsResolver(nameservers, lookup_seconds=_LOOKUP_SECONDS)
    return Scanner(resolver, public_resolver=are_public(nameservers))
