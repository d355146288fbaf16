"""Whether a mail may be passed on, and what is said above it: pure decisions."""

import re
from collections.abc import Sequence

from control_plane.inbound_routes.matching import plain
from control_plane.inbound_routes.reading.checks import Checks
from control_plane.inbound_routes.schemas import TargetStatus

SPAM_SCORE = 6.0
"""From here on a mail is not forwarded: who forwards spam is taken for who sends it."""
MOST_HOPS = 30
"""Servers that a mail may have passed: Postfix gives up at 50, and then somebody gets a bounce."""

PASSED_ON = "X-Fleetpost-Passed-On"
"""Read and taken out by the node's signer, which seals what bears it (`seal.lua`)."""
DELIVERED_TO = "Delivered-To"

_SAFE_ADDRESS = re.compile(r"[A-Za-z0-9._+=-]{1,64}@[A-Za-z0-9.-]{1,255}")
_SAFE_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,255}")
_CHAINS = {"none": "none", "pass": "pass"}

_CIRCLE = "It has been at this address before: it goes in a circle."
_HOPS = f"It has passed more than {MOST_HOPS} servers: it goes in a circle."
_SPAM = "It looks like spam ({score:.1f} points), and such mail is not forwarded: release it if it is none."
_TARGETS: dict[TargetStatus, str] = {
    "waiting": "The owner of the address that it is to be forwarded to has not agreed yet.",
    "paused": "Forwarding to this address is paused, as mail to it came back.",
    "declined": "The owner of the address that it is to be forwarded to does not want it.",
}


def circle(recipient: str, headers: Sequence[tuple[str, str]]) -> str | None:
    """Say why a mail goes in a circle, if it does: it bears this address, or has come too far."""
    before = {plain(value.strip(" <>")) for name, value in headers if name.lower() == "delivered-to" and "@" in value}
    if plain(recipient) in before:
        return _CIRCLE
    return _HOPS if sum(name.lower() == "received" for name, _ in headers) > MOST_HOPS else None


def spam(checks: Checks) -> str | None:
    """Say why a mail is not forwarded for what the spam checks found."""
    score = checks.score
    return None if score is None or score < SPAM_SCORE else _SPAM.format(score=score)


def target(status: TargetStatus) -> str | None:
    """Say why nothing is forwarded to an address now."""
    return _TARGETS.get(status)


def above(recipient: str, sender: str, author: str, checks: Checks) -> tuple[tuple[str, str], ...]:
    """Give the fields that are written above a mail: what our checks found, and where it was."""
    mail_from = f" smtp.mailfrom={sender}" if _SAFE_ADDRESS.fullmatch(sender) else ""
    domain = author.rpartition("@")[2]
    header_from = f" header.from={domain}" if _SAFE_DOMAIN.fullmatch(domain) else ""
    results = f"spf={checks.spf}{mail_from}; dkim={checks.dkim}; dmarc={checks.dmarc}{header_from}; arc={checks.arc}"
    return (
        (PASSED_ON, f"cv={_CHAINS.get(checks.arc, 'fail')}; {results}"),
        (DELIVERED_TO, recipient),
    )


def who_hears(sender: str, checks: Checks) -> str | None:
    """Give who is told when it comes back: its return path, if SPF says that it is theirs."""
    return sender if sender and checks.spf == "pass" and _SAFE_ADDRESS.fullmatch(sender) else None
