"""Sending health in words: figures as bars beside their thresholds, measures with what to do next."""

import msgspec

from control_plane.core.languages import mark
from control_plane.enforcement.schemas import Measure, MeasureChange, SendingHealth, SendingRate, Step
from control_plane.enforcement.thresholds import Grade
from web import formats
from web.i18n import gettext
from web.statuses import Status

_STEPS: dict[Step, Status] = {
    "none": Status("success", mark("No measure"), mark("Mail flows as usual.")),
    "warned": Status("info", mark("Warned"), mark("Nothing is kept back yet.")),
    "throttled": Status("warning", mark("Throttled"), mark("Fewer messages leave an hour; the others wait.")),
    "risk": Status("warning", mark("Risk pool"), mark("Mail leaves slowly, by addresses apart from those of others.")),
    "paused": Status("error", mark("Paused"), mark("New messages are accepted and held.")),
}
_SCOPES = {
    "transactional": mark("Transactional messages"),
    "broadcast": mark("Broadcasts"),
    "all": mark("The whole account"),
}
_CAUSES = {
    "bounces": mark("Too many addresses do not exist."),
    "complaints": mark("Too many recipients marked the mail as spam."),
    "repeated": mark("A stream had to be paused twice within a month."),
    "everywhere": mark("Both streams had to be paused."),
    "clean": mark("There was nothing bad for days."),
    "operator": mark("An operator decided it."),
    "appeal_accepted": mark("The appeal was accepted."),
    "exempted": mark("An operator trusts the account for now."),
}
_NEXT: dict[Step, str] = {
    "none": "",
    "warned": mark("Remove addresses that bounce, and write to those only who asked for it."),
    "throttled": mark("What is beyond the hourly limit waits and goes by itself. Send less, and better, until then."),
    "risk": mark("The next step is a pause: stop sending to lists that you do not know well."),
    "paused": mark("Find out where the addresses came from, put it right, then appeal below."),
}
_KINDS = {"bounces": mark("Bounces"), "complaints": mark("Complaints")}
_PERIODS = {"day": mark("last 24 hours"), "week": mark("last 7 days")}
_TONES: dict[Grade, str] = {"few": "quiet", "good": "success", "review": "warning", "bad": "error"}
_BEYOND = 1.5
"""A bar goes as far as one and a half times the share at which a stream is paused."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure as a bar with its two thresholds, in percent of the bar's width."""

    id: str
    label: str
    share: str
    detail: str
    tone: str
    width: float
    review_at: float
    pause_at: float
    thresholds: str


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """A measure as a panel shows it."""

    scope: str
    status: Status
    why: str
    next_step: str
    measure: Measure


def figures(rates: tuple[SendingRate, ...], prefix: str) -> list[Figure]:
    """Draw figures."""
    return [_figure(rate, f"{prefix}-{number}") for number, rate in enumerate(rates)]


def in_force(health: SendingHealth) -> list[InForce]:
    """Say what is in force, the account's own first."""
    ordered = sorted(health.measures, key=lambda each: each.stream != "all")
    return [measure(each) for each in ordered]


def measure(each: Measure) -> InForce:
    """Put a measure into words."""
    return InForce(
        scope=scope(each.stream),
        status=step(each.step),
        why=gettext(_CAUSES[each.cause]),
        next_step=gettext(_NEXT[each.step]) if _NEXT[each.step] else "",
        measure=each,
    )


def change(each: MeasureChange) -> tuple[str, Status, str, MeasureChange]:
    """Put a step that was taken into words."""
    return scope(each.stream), step(each.after), gettext(_CAUSES[each.cause]), each


def scope(name: str) -> str:
    """Name a stream, or the account."""
    return gettext(_SCOPES[name])


def step(name: Step) -> Status:
    """Show a step."""
    known = _STEPS[name]
    return Status(known.tone, gettext(known.label), gettext(known.meaning))


def steps() -> list[tuple[Step, str]]:
    """List the steps to choose from."""
    return [(name, gettext(known.label)) for name, known in _STEPS.items()]


def scopes() -> list[tuple[str, str]]:
    """List what a step can be for."""
    return [(name, gettext(words)) for name, words in _SCOPES.items()]


def _figure(rate: SendingRate, id_: str) -> Figure:
    most = rate.pause * _BEYOND
    return Figure(
        id=id_,
        label=f"{gettext(_KINDS[rate.cause])}, {gettext(_PERIODS[rate.window])}",
        share=_percent(rate.share) if rate.of else "–",
        detail=_detail(rate),
        tone=_TONES[rate.grade],
        width=round(min(rate.share / most, 1) * 100, 1),
        review_at=round(rate.review / most * 100, 1),
        pause_at=round(rate.pause / most * 100, 1),
        thresholds=gettext("Measures from %(review)s on, a pause from %(pause)s on.")
        % {"review": _percent(rate.review), "pause": _percent(rate.pause)},
    )


def _detail(rate: SendingRate) -> str:
    said = {"count": formats.number(rate.count), "of": formats.number(rate.of)}
    if rate.grade == "few":
        return gettext("%(count)s of %(of)s: too few to say anything.") % said
    return gettext("%(count)s of %(of)s.") % said


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %" if share < 0.01 else f"{100 * share:.1f} %"
