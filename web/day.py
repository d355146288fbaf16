"""The last 24 hours at a glance: one figure for each outcome and a column for each hour."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from control_plane.messages.service.hourly import HourCount
from web import charts

_OUTCOMES = {
    "delivered": "delivered",
    "deferred": "deferred",
    "bounced": "bounced",
    "complained": "bounced",
    "failed": "bounced",
    "suppressed": "bounced",
}
"""How the states are summed up; what is in none of these is still on its way."""
_WAITING = "waiting"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome with its count and its share of all."""

    label: str
    tone: str
    count: int
    share: str


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What the home page shows of a day."""

    figures: tuple[Figure, ...]
    chart: charts.HourlyChart


_FIGURES = (
    ("delivered", "Delivered", "success"),
    (_WAITING, "On the way", "info"),
    ("deferred", "Deferred", "warning"),
    ("bounced", "Not delivered", "error"),
)


def since(now: datetime) -> datetime:
    """Give the start of the first of the 24 hours that end with the present one."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)


def day(counts: Iterable[HourCount], now: datetime) -> Day:
    """Sum up a day's counts."""
    cells: Counter[tuple[datetime, str]] = Counter()
    for each in counts:
        if each.status != "cancelled":
            cells[each.hour, _OUTCOMES.get(each.status, _WAITING)] += each.deliveries
    hours = [since(now) + timedelta(hours=index) for index in range(24)]
    totals = {name: sum(cells[hour, name] for hour in hours) for name, _, _ in _FIGURES}
    return Day(
        figures=tuple(_figure(label, tone, totals[name], sum(totals.values())) for name, label, tone in _FIGURES),
        chart=charts.hourly([_hour(hour, cells) for hour in hours]),
    )


def _hour(start: datetime, cells: Counter[tuple[datetime, str]]) -> charts.Hour:
    return charts.Hour(
        start,
        delivered=cells[start, "delivered"],
        deferred=cells[start, "deferred"],
        bounced=cells[start, "bounced"],
        waiting=cells[start, _WAITING],
    )


def _figure(label: str, tone: str, count: int, total: int) -> Figure:
    share = f"{100 * count / total:.1f} %" if total and count else ""
    return Figure(label=label, tone=tone, count=count, share=share)
