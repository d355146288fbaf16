"""What a domain's SPF record does for us: it is evaluated for each of our addresses, and for a stranger's."""

import msgspec

from control_plane.mail_domains.checkup.needs import SendingAddress
from control_plane.mail_domains.checkup.spf.evaluate import Evaluation, Lookup, check_host

STRANGER = "192.0.2.1"
"""Nobody's address (RFC 5737): what it takes to refuse it is what the record costs at most."""
_MOST_ADDRESSES = 16


class SpfSurvey(msgspec.Struct, frozen=True):
    """The evaluations of one domain's record."""

    ours: tuple[tuple[str, Evaluation], ...]
    """For each of our sending addresses."""
    stranger: Evaluation


async def survey(dns: Lookup, name: str, sending: tuple[SendingAddress, ...]) -> SpfSurvey:
    """Evaluate a domain's record; where we have very many addresses, some of them stand for all."""
    step = max(1, -(-len(sending) // _MOST_ADDRESSES))
    mailbox = f"postmaster@{name}"
    stranger = await check_host(dns, STRANGER, name, mailbox, "stranger.invalid")
    ours = [
        (each.address, await check_host(dns, each.address, name, mailbox, each.hostname)) for each in sending[::step]
    ]
    return SpfSurvey(tuple(ours), stranger)
