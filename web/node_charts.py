"""A node's pictures: how full its queue was over a day, and where its deferred mail is for, by age."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from control_plane.core.languages import mark
from control_plane.nodes.schemas import QueuedGroup, Sample
from web import formats
from web.charts import ColumnChart, Stack, stacked
from web.i18n import gettext

SPAN = timedelta(days=1)
_COLUMN = timedelta(minutes=15)
_LABEL_HOURS = 6
_MOST_GROUPS = 12
_FAINTEST, _STRONGEST = 0.12, 0.6

AGES = (mark("5 min"), mark("15 min"), mark("1 h"), mark("4 h"), mark("1 day"), mark("Older"))


class HeatCell(msgspec.Struct, frozen=True):
    """Deferred mails of one age for one destination."""

    count: int
    opacity: float


class HeatRow(msgspec.Struct, frozen=True):
    """Deferred mail for one destination."""

    domain: str
    provider: str
    total: int
    cells: tuple[HeatCell, ...]


def queue_of_day(samples: Sequence[Sample], now: datetime) -> ColumnChart:
    """Lay out how many mails were in the queue: the fullest moment of each quarter of an hour."""
    return stacked(list(_stacks(samples, now)))


def heat(groups: Sequence[QueuedGroup]) -> list[HeatRow]:
    """Tint each age of each destination by its share of the highest count."""
    shown = groups[:_MOST_GROUPS]
    top = max((count for group in shown for count in group.by_age), default=0)
    return [
        HeatRow(group.domain, group.provider, group.total, tuple(_cell(count, top) for count in group.by_age))
        for group in shown
    ]


def _stacks(samples: Sequence[Sample], now: datetime) -> Iterator[Stack]:
    fullest: dict[int, Sample] = {}
    for sample in samples:
        place = _place(sample.at)
        if place not in fullest or sample.queued > fullest[place].queued:
            fullest[place] = sample
    for place in range(_place(now - SPAN) + 1, _place(now) + 1):
        yield _stack(place, fullest.get(place))


def _place(at: datetime) -> int:
    return int(at.timestamp() // _COLUMN.total_seconds())


def _stack(place: int, sample: Sample | None) -> Stack:
    start = datetime.fromtimestamp(place * _COLUMN.total_seconds(), UTC)
    label = f"{start:%H:%M}" if start.minute == 0 and start.hour % _LABEL_HOURS == 0 else ""
    if sample is None:
        nothing = gettext("not heard of")
        return Stack(f"{start:%H:%M} UTC: {nothing}", (), label)
    moving = sample.queued - sample.deferred
    words = gettext("%(moving)s on the way, %(deferred)s deferred") % {
        "moving": formats.number(moving),
        "deferred": formats.number(sample.deferred),
    }
    return Stack(f"{start:%H:%M} UTC: {words}", ((moving, "info"), (sample.deferred, "warning")), label)


def _cell(count: int, top: int) -> HeatCell:
    share = count / top if top else 0.0
    return HeatCell(count, round(_FAINTEST + (_STRONGEST - _FAINTEST) * share, 2) if count else 0.0)
