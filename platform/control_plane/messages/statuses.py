"""One status for a message out of its recipients'."""

from collections.abc import Iterable

from control_plane.deliveries.schemas import Status

_TELLING: tuple[Status, ...] = (
    "accepted",
    "held",
    "scheduled",
    "queued",
    "deferred",
    "complained",
    "bounced",
    "failed",
    "suppressed",
    "cancelled",
    "delivered",
)
"""The first of these that a recipient is in says most: first what is not done, then what went wrong."""


def summary(statuses: Iterable[Status]) -> Status:
    """Give the one state that says most about a message."""
    present = set(statuses)
    for status in _TELLING:
        if status in present:
            return status
    return "accepted"
