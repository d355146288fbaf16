"""What is refused because a limit is reached, in words that say what to do.

Answered with 403 and not 429: programs repeat what got a 429 by themselves, but here only the turn of a window,
something deleted or a larger plan helps.
"""

from datetime import datetime
from http import HTTPStatus

from control_plane.core.errors import Invalid, Refused
from control_plane.quotas.resources import Resource, resets_at, window_of
from control_plane.quotas.schemas import Count

_NOUNS: dict[Resource, str] = {
    "messages_hour": "messages an hour",
    "messages_day": "messages a day",
    "messages_month": "messages a month",
    "messages_held": "messages waiting for a new window",
    "messages_scheduled": "scheduled messages",
    "domains": "domains",
    "mailboxes": "mailboxes",
    "storage_bytes": "bytes of storage",
    "contacts": "contacts",
    "dedicated_ips": "dedicated IP addresses",
}


class QuotaExceeded(Refused):
    """A limit is reached: wait until its window turns, delete what is no longer needed, or get a larger plan."""

    code = "quota_exceeded"
    status = HTTPStatus.FORBIDDEN


class OverAllocated(Invalid):
    """There is not so much left to give: your clients' limits together must not exceed your own."""

    code = "over_allocated"


def exceeded(counts: list[Count], now: datetime) -> QuotaExceeded:
    """Describe the tightest of the limits that something did not fit into."""
    limited = [count for count in counts if count.room is not None]
    tightest = min(limited, key=lambda count: count.room or 0)
    return QuotaExceeded(" ".join((_which(tightest), _what_to_do(tightest.resource, now, mine=bool(tightest.mine)))))


def _which(count: Count) -> str:
    noun = _NOUNS[count.resource]
    if not count.mine:
        return f"Your provider's own allowance of {noun} is used up."
    return f"This is more than your limit allows: {count.used} of {count.most} {noun} are used."


def _what_to_do(resource: Resource, now: datetime, *, mine: bool) -> str:
    turns = resets_at(resource, now)
    ask = "ask your provider for a larger plan" if mine else "ask your provider"
    if turns is not None:
        return f"The next {window_of(resource)} begins at {turns:%Y-%m-%d %H:%M} UTC: wait until then, or {ask}."
    return f"Delete what you no longer need, or {ask}."
