"""Small charts as plain geometry: the templates draw them as SVG, so that they need neither script nor inline style."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from control_plane.core.languages import mark
from web import formats
from web.i18n import gettext


class Hour(msgspec.Struct, frozen=True):
    """What one hour brought."""

    start: datetime
    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.delivered + self.deferred + self.bounced + self.waiting


class Box(msgspec.Struct, frozen=True):
    """A rectangle of the chart in one tone."""

    x: float
    y: float
    width: float
    height: float
    tone: str


class Column(msgspec.Struct, frozen=True):
    """One stack, with its text for people and screen readers."""

    x: float
    title: str
    boxes: tuple[Box, ...]


class Stack(msgspec.Struct, frozen=True):
    """What one column is made of, from the bottom, each with its tone."""

    title: str
    counts: tuple[tuple[int, str], ...]
    label: str = ""
    """What stands on the axis; nothing: it is left free."""


class ColumnChart(msgspec.Struct, frozen=True):
    """Stacked columns in a drawing of `width` × `height`."""

    width: float
    height: float
    columns: tuple[Column, ...]
    column_width: float
    top: int
    labels: tuple[tuple[float, str], ...]
    """Where on the axis, in per cent, and what stands there."""


_TONES = (("delivered", "success"), ("waiting", "info"), ("deferred", "warning"), ("bounced", "error"))
_WORDS = {
    "delivered": mark("%(count)s delivered"),
    "waiting": mark("%(count)s on the way"),
    "deferred": mark("%(count)s deferred"),
    "bounced": mark("%(count)s not delivered"),
}
_GAP = 0.28  # of a column's share


def hourly(hours: Sequence[Hour], *, width: float = 720, height: float = 120) -> ColumnChart:
    """Lay out a column for each hour."""
    stacks = [
        Stack(
            _title(hour),
            tuple((getattr(hour, name), tone) for name, tone in _TONES),
            f"{hour.start:%H:%M}" if hour.start.hour % 6 == 0 else "",
        )
        for hour in hours
    ]
    return stacked(stacks, width=width, height=height)


def stacked(stacks: Sequence[Stack], *, width: float = 720, height: float = 120) -> ColumnChart:
    """Lay out the columns; the highest fills the height, rounded up to a number that reads well."""
    top = _ceiling(max((sum(count for count, _ in stack.counts) for stack in stacks), default=0))
    share = width / max(len(stacks), 1)
    columns = tuple(
        Column(round(index * share, 2), stack.title, _boxes(stack, index * share, share, top, height))
        for index, stack in enumerate(stacks)
    )
    labels = tuple(
        (round((index + 0.5) * 100 / len(stacks), 2), stack.label) for index, stack in enumerate(stacks) if stack.label
    )
    return ColumnChart(width, height, columns, round(share, 2), top, labels)


def _boxes(stack: Stack, x: float, share: float, top: int, height: float) -> tuple[Box, ...]:
    boxes, base = [], height
    for count, tone in stack.counts:
        if count:
            size = max(count / top * height, 2.0)
            base -= size
            boxes.append(
                Box(round(x + share * _GAP / 2, 2), round(base, 2), round(share * (1 - _GAP), 2), round(size, 2), tone)
            )
    return tuple(boxes)


def _title(hour: Hour) -> str:
    counts = ((name, getattr(hour, name)) for name, _ in _TONES)
    parts = [gettext(_WORDS[name]) % {"count": formats.number(count)} for name, count in counts if count]
    said = ", ".join(parts) or gettext("nothing")
    return f"{hour.start:%H:%M} UTC: {said}"


def _ceiling(highest: int) -> int:
    step = 1
    while True:
        for factor in (1, 2, 3, 5):
            if highest <= step * factor:
                return step * factor
        step *= 10


class Part(msgspec.Struct, frozen=True):
    """A share of a bar."""

    label: str
    text: str
    x: float
    width: float
    shade: int


def shares(values: Sequence[tuple[str, float]], *, minimum: float = 0.6) -> tuple[Part, ...]:
    """Divide a bar of length 100 by the values; what is not nothing stays visible."""
    floors = [minimum if seconds > 0 else 0.0 for _, seconds in values]
    whole = sum(seconds for _, seconds in values)
    room = 100 - sum(floors)
    parts, x = [], 0.0
    for shade, ((label, seconds), floor) in enumerate(zip(values, floors, strict=True)):
        width = floor + (seconds / whole * room if whole else 0.0)
        parts.append(Part(label, duration(seconds), round(x, 2), round(width, 2), shade))
        x += width
    return tuple(parts)


def duration(seconds: float) -> str:
    """Say a duration the way people do: `12 ms`, `1.4 s`, `3 min`, `2 h`."""
    if seconds < 1:
        return f"{formats.number(round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{formats.number(round(seconds, 1))} s"
    if seconds < 3600:
        return f"{formats.number(round(seconds / 60))} min"
    return f"{formats.number(round(seconds / 3600, 1))} h"
