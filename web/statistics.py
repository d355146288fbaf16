"""How mail fared over a time: figures beside those of the time before, a picture, and who took it how."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from control_plane.analytics.schemas import Counts, Grain, Part
from control_plane.analytics.service import HOURS_KEPT
from control_plane.analytics.summing import total
from control_plane.core.languages import mark
from web import charts, formats
from web.i18n import gettext


class Period(msgspec.Struct, frozen=True):
    """A time that can be looked at."""

    name: str
    label: str
    grain: Grain
    steps: int

    @property
    def step(self) -> timedelta:
        """Give what one column stands for."""
        return timedelta(hours=1) if self.grain == "hour" else timedelta(days=1)

    def since(self, now: datetime) -> datetime:
        """Give when it began, as it ends with the present hour or day."""
        begun = now.replace(minute=0, second=0, microsecond=0)
        return (begun if self.grain == "hour" else begun.replace(hour=0)) - (self.steps - 1) * self.step

    def before(self, now: datetime) -> datetime:
        """Give when the one of the same length before it began."""
        return self.since(now) - self.steps * self.step

    def has_one_before(self, now: datetime) -> bool:
        """Say whether the one before is still known: old hours are deleted, and part of it would look like all."""
        return self.before(now) >= now - HOURS_KEPT


PERIODS = (
    Period("day", mark("24 hours"), "hour", 24),
    Period("week", mark("7 days"), "day", 7),
    Period("month", mark("30 days"), "day", 30),
    Period("quarter", mark("90 days"), "day", 90),
)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome: how often, what share that is, and how that share was before."""

    label: str
    tone: str
    count: int
    share: str = ""
    change: str = ""


class Line(msgspec.Struct, frozen=True):
    """One stream or provider."""

    name: str
    counts: Counts


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    figures: tuple[Figure, ...]
    chart: charts.ColumnChart
    legend: tuple[tuple[str, str], ...]
    providers: tuple[Line, ...]
    streams: tuple[Line, ...]
    is_empty: bool


_TONES = (
    ("arrived", mark("Delivered"), "success"),
    ("waiting", mark("On the way"), "info"),
    ("deferred", mark("Deferred"), "warning"),
    ("lost", mark("Not delivered"), "error"),
)
NAMES = {
    "google": "Google",
    "microsoft": "Microsoft",
    "yahoo": "Yahoo",
    "apple": "Apple",
    "gmx": "GMX, WEB.DE",
    "tencent": "Tencent",
    "netease": "NetEase",
    "generic": mark("Others"),
    "transactional": mark("Transactional"),
    "broadcast": mark("Broadcast"),
}
"""Of providers and streams."""
_LABELS_AT_MOST = 8


def statistics(parts: Sequence[Part], earlier: Sequence[Part], period: Period, now: datetime) -> Statistics:
    """Sum up a period, beside the one before."""
    counts = total(parts)
    return Statistics(
        figures=_figures(counts, total(earlier)),
        chart=charts.stacked(_stacks(parts, period, now), height=160),
        legend=tuple((gettext(label), tone) for _, label, tone in _TONES),
        providers=_lines(parts, "provider"),
        streams=_lines(parts, "stream"),
        is_empty=not counts.deliveries,
    )


def _figures(counts: Counts, earlier: Counts) -> tuple[Figure, ...]:
    sent = Figure(label=gettext("Sent"), tone="info", count=counts.deliveries, change=_growth(earlier))
    rates = (
        (mark("Delivered"), "success", counts.arrived, counts.delivery_rate, earlier.delivery_rate),
        (mark("Bounced"), "error", counts.bounced, counts.bounce_rate, earlier.bounce_rate),
        (mark("Complained"), "error", counts.complained, counts.complaint_rate, earlier.complaint_rate),
    )
    rest = (
        (mark("Deferred"), "warning", counts.deferred),
        (mark("Suppressed"), "quiet", counts.suppressed),
    )
    return (
        sent,
        *(_rated(*rate, known=bool(earlier.deliveries)) for rate in rates),
        *(Figure(label=gettext(label), tone=tone, count=count) for label, tone, count in rest),
    )


def _rated(label: str, tone: str, count: int, share: float, share_before: float, *, known: bool) -> Figure:
    change = gettext("before: %(share)s") % {"share": _percent(share_before)} if known else ""
    return Figure(label=gettext(label), tone=tone, count=count, share=_percent(share) if count else "", change=change)


def _growth(earlier: Counts) -> str:
    if not earlier.deliveries:
        return ""
    return gettext("before: %(count)s") % {"count": formats.number(earlier.deliveries)}


def _percent(share: float) -> str:
    """Write a share; what is small is told more exactly, because thresholds of complaints are."""
    return f"{formats.number(round(100 * share, 2 if share < 0.01 else 1))} %"


def _stacks(parts: Iterable[Part], period: Period, now: datetime) -> list[charts.Stack]:
    sums: dict[datetime, Counts] = defaultdict(Counts)
    for part in parts:
        if part.start is not None:
            sums[part.start] += part.counts
    starts = [period.since(now) + place * period.step for place in range(period.steps)]
    every = -(-period.steps // _LABELS_AT_MOST)
    return [
        _stack(start, sums[start], period.grain, labelled=place % every == every // 2)
        for place, start in enumerate(starts)
    ]


def _stack(start: datetime, counts: Counts, grain: Grain, *, labelled: bool) -> charts.Stack:
    amounts = [(gettext(label), tone, _amount(counts, name)) for name, label, tone in _TONES]
    said = ", ".join(f"{label} {formats.number(count)}" for label, _, count in amounts if count) or gettext("nothing")
    moment = f"{start:%H:%M}" if grain == "hour" else formats.month_day(start)
    return charts.Stack(
        f"{moment}: {said}", tuple((count, tone) for _, tone, count in amounts), moment if labelled else ""
    )


def _amount(counts: Counts, name: str) -> int:
    amount: int = getattr(counts, name)
    return amount


def _lines(parts: Iterable[Part], dimension: str) -> tuple[Line, ...]:
    sums: dict[str, Counts] = defaultdict(Counts)
    for part in parts:
        sums[getattr(part, dimension) or ""] += part.counts
    return tuple(
        Line(gettext(NAMES.get(name, name)), sums[name])
        for name in sorted(sums, key=lambda name: -sums[name].deliveries)
    )
