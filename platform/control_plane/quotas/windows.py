"""Windows by the names that nodes know them by."""

from datetime import datetime, timedelta

import msgspec

from control_plane.quotas.resources import Resource, Window, resets_at

UNLIMITED = "unlimited"
"""The name of what has no windows."""
_FORMATS: dict[Window, str] = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m"}
_RESOURCES: dict[Window, Resource] = {"hour": "messages_hour", "day": "messages_day", "month": "messages_month"}


class Span(msgspec.Struct, frozen=True):
    """A window: what it is called, and from when to when it goes."""

    name: str
    begins_at: datetime
    ends_at: datetime


def span_of(window: Window, moment: datetime) -> Span:
    """Give the window that a moment (UTC) lies in."""
    ends = resets_at(_RESOURCES[window], moment)
    assert ends is not None, "messages are counted in windows"
    begins = moment.replace(minute=0, second=0, microsecond=0)
    if window != "hour":
        begins = begins.replace(hour=0)
    if window == "month":
        begins = begins.replace(day=1)
    return Span(begins.strftime(_FORMATS[window]), begins, ends)


def after(window: Window, span: Span) -> Span:
    """Give the window that follows."""
    return span_of(window, span.ends_at + timedelta(seconds=1))
