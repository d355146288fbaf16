"""What is limited, and in which windows it is counted."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

Resource: TypeAlias = Literal[
    "messages_hour",
    "messages_day",
    "messages_month",
    "messages_held",
    "messages_scheduled",
    "domains",
    "mailboxes",
    "storage_bytes",
    "contacts",
    "dedicated_ips",
]
"""`messages_*` count deliveries, one per recipient. `messages_held` wait for a window; a month's worth is the most.

`messages_scheduled` wait for their moment; how many that may be is bounded where they are accepted.
"""
Window: TypeAlias = Literal["hour", "day", "month"]

MESSAGES: tuple[Resource, ...] = ("messages_hour", "messages_day", "messages_month")
WAITING: tuple[Resource, ...] = ("messages_held", "messages_scheduled")
LIMITED: tuple[Resource, ...] = tuple(name for name in get_args(Resource) if name not in WAITING)
"""What plans limit."""

_WINDOWS: dict[Resource, Window] = {"messages_hour": "hour", "messages_day": "day", "messages_month": "month"}


def window_of(resource: Resource) -> Window | None:
    """Give the window in which something is counted; None: what there is counts."""
    return _WINDOWS.get(resource)


def resets_at(resource: Resource, moment: datetime) -> datetime | None:
    """Give when the window turns that a moment (UTC) lies in."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    match window_of(resource):
        case "hour":
            return hour + timedelta(hours=1)
        case "day":
            return hour.replace(hour=0) + timedelta(days=1)
        case "month":
            first = hour.replace(day=1, hour=0)
            return (first + timedelta(days=31)).replace(day=1)
        case None:
            return None
