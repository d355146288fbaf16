"""Warm-ups as pages show them: how each class stands, and its plan against what was sent, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from control_plane.core.languages import mark
from control_plane.warmup.schemas import ClassStanding, PlannedDay, Verdict, Warmup
from web import charts, formats
from web.charts import ColumnChart, Stack
from web.i18n import gettext
from web.statuses import Status

DAYS = 30
_LABEL_EVERY = 5

_VERDICTS: Mapping[Verdict, Status] = {
    "begin": Status("info", mark("Begins"), mark("It is at the first step of its table.")),
    "climb": Status("success", mark("Climbs"), mark("The last day went well, and today may bring more.")),
    "wait": Status("quiet", mark("Waits for mail"), mark("Too little was sent to go by: it stays at its step.")),
    "hold": Status("warning", mark("Holds"), mark("The last day does not allow more: it stays at its step.")),
    "step_back": Status("error", mark("Stepped back"), mark("The last day was bad: it may send less than before.")),
    "done": Status("success", mark("Done"), mark("It has come to the end of its table.")),
}
_STATUSES = {
    "running": Status("info", mark("Warming up"), mark("It may send more from day to day, as long as that goes well.")),
    "held": Status("warning", mark("Held"), mark("Somebody holds it: nothing climbs until it is let go on.")),
    "finished": Status("success", mark("Finished"), mark("It may send as much as it is given.")),
}
_WORST: tuple[Verdict, ...] = ("step_back", "hold", "wait", "begin", "climb", "done")
PRESETS = {
    "steady": mark("Steady: 21 days, from 300 to 57,000 a day"),
    "even": mark("Even: 45 days, the same more each day up to 50,000"),
    "steep": mark("Steep: 17 steps from 50 to 4 million a day, for lists that are known to be good"),
    "hourly": mark("Hourly: 36 steps by the hour, for very large senders"),
}


class ClassView(msgspec.Struct, frozen=True, kw_only=True):
    """One provider class of a warm-up."""

    name: str
    standing: ClassStanding
    status: Status
    chart: ColumnChart


class WarmupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A warm-up as a line of the list."""

    warmup: Warmup
    status: Status
    worst: Status
    """Of the class that is worst off."""
    remarks: tuple[str, ...]
    """Which classes hold or went back, and why."""


def row(warmup: Warmup) -> WarmupRow:
    """Write a warm-up in a line."""
    classes = warmup.standing.by_provider
    verdicts: list[Verdict] = [each.verdict for each in classes.values()]
    worst = min(verdicts, key=_WORST.index) if verdicts else _WORST[-1]
    remarks = [f"{name}: {each.why}" for name, each in classes.items() if each.verdict in ("hold", "step_back")]
    return WarmupRow(
        warmup=warmup, status=_spoken(_STATUSES[warmup.status]), worst=_spoken(_VERDICTS[worst]), remarks=tuple(remarks)
    )


def classes(warmup: Warmup, planned: Sequence[PlannedDay], today: date) -> list[ClassView]:
    """Show each class, those that are in trouble first."""
    views = [
        ClassView(
            name=name,
            standing=standing,
            status=_spoken(_VERDICTS[standing.verdict]),
            chart=chart([day for day in planned if day.provider == name], today),
        )
        for name, standing in warmup.standing.by_provider.items()
    ]
    return sorted(views, key=lambda view: _WORST.index(view.standing.verdict))


def chart(planned: Sequence[PlannedDay], today: date) -> ColumnChart:
    """Lay out a column for each of the last days: what was sent, and what more it might have been."""
    by_day = {each.day: each for each in planned}
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return charts.stacked([_stack(day, by_day.get(day), place) for place, day in enumerate(days)], height=96)


def _stack(day: date, planned: PlannedDay | None, place: int) -> Stack:
    label = f"{day:%d.%m.}" if place % _LABEL_EVERY == _LABEL_EVERY // 2 else ""
    if planned is None:
        nothing = gettext("not planned")
        return Stack(f"{day:%Y-%m-%d}: {nothing}", (), label)
    words = gettext("%(sent)s of %(cap)s sent, step %(step)s") % {
        "sent": formats.number(planned.sent),
        "cap": formats.number(planned.cap),
        "step": planned.step,
    }
    title = f"{day:%Y-%m-%d}: {words}" + (f" ({planned.why})" if planned.why else "")
    return Stack(title, ((planned.sent, "success"), (max(planned.cap - planned.sent, 0), "info")), label)


def _spoken(status: Status) -> Status:
    return Status(status.tone, gettext(status.label), gettext(status.meaning))
