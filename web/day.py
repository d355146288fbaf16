"""The last 24 hours at a glance: one figure for each outcome and a column for each hour."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from control_plane.analytics.schemas import Bucket, Counts
from control_plane.core.languages import mark
from web import charts, formats
from web.i18n import gettext


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome with its count and its share of all."""

    label: str
    tone: str
    count: int
    share: str


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What the home page shows of a day."""

    figures: tuple[Figure, ...]
    chart: charts.ColumnChart


_FIGURES = (
    ("delivered", mark("Delivered"), "success"),
    ("waiting", mark("On the way"), "info"),
    ("deferred", mark("Deferred"), "warning"),
    ("bounced", mark("Not delivered"), "error"),
)


def since(now: datetime) -> datetime:
    """Give the start of the first of the 24 hours that end with the present one."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)


def day(buckets: Iterable[Bucket], now: datetime) -> Day:
    """Sum up a day's hours."""
    known = {bucket.start: bucket.counts for bucket in buckets}
    starts = [since(now) + timedelta(hours=index) for index in range(24)]
    hours = [_hour(start, known.get(start, Counts())) for start in starts]
    totals = {name: sum(getattr(hour, name) for hour in hours) for name, _, _ in _FIGURES}
    return Day(
        figures=tuple(_figure(label, tone, totals[name], sum(totals.values())) for name, label, tone in _FIGURES),
        chart=charts.hourly(hours),
    )


def _hour(start: datetime, counts: Counts) -> charts.Hour:
    return charts.Hour(
        start, delivered=counts.arrived, deferred=counts.deferred, bounced=counts.lost, waiting=counts.waiting
    )


def _figure(label: str, tone: str, count: int, total: int) -> Figure:
    share = formats.percent(count / total) if total and count else ""
    return Figure(label=gettext(label), tone=tone, count=count, share=share)
