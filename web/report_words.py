"""How reports are said to people: who sent something, how a day went, why a connection failed."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from babel import dates

from control_plane.core.languages import mark
from control_plane.reports.schemas import KINDS, Advice, DmarcCounts, DmarcDay, Kind
from web import charts, formats, i18n
from web.i18n import gettext
from web.statuses import Status

_KINDS: dict[Kind, Status] = {
    "ours": Status("success", mark("Sent by us"), mark("It left from one of our addresses.")),
    "service": Status("info", mark("Another service of yours"), mark("It is set up to send for your domain.")),
    "forwarded": Status("warning", mark("Forwarded"), mark("You sent it, and somebody passed it on.")),
    "foreign": Status("quiet", mark("Not you"), mark("Somebody used your name, or a service is not set up for it.")),
}
_RESULTS = {
    "starttls-not-supported": mark("The server does not offer TLS"),
    "certificate-host-mismatch": mark("The certificate is for another name"),
    "certificate-expired": mark("The certificate has expired"),
    "certificate-not-trusted": mark("The certificate is not trusted"),
    "validation-failure": mark("The connection could not be checked"),
    "tlsa-invalid": mark("The TLSA record does not fit"),
    "dnssec-invalid": mark("DNSSEC is broken"),
    "dane-required": mark("DANE is required, and there is no TLSA record"),
    "sts-policy-fetch-error": mark("The MTA-STS policy could not be fetched"),
    "sts-policy-invalid": mark("The MTA-STS policy is not valid"),
    "sts-webpki-invalid": mark("The certificate does not fit the MTA-STS policy"),
    "unknown": mark("No reason was given"),
}
"""RFC 8460 §4.3."""
_PARTS = (
    (mark("Passed"), "success"),
    (mark("Failed, and yours"), "error"),
    (mark("Forwarded and failed"), "warning"),
    (mark("Failed, and not you"), "quiet"),
)
_LABEL_EVERY, _LABEL_FROM = 7, 3

KIND_CHOICES = tuple((kind, _KINDS[kind].label) for kind in KINDS)
"""For a filter, in its order."""


class Figure(msgspec.Struct, frozen=True):
    """A number of messages with its share of all."""

    label: str
    tone: str
    count: int
    share: str


class Line(msgspec.Struct, frozen=True):
    """A day in the table that says the same as the chart."""

    day: str
    counts: tuple[int, ...]


class Course(msgspec.Struct, frozen=True):
    """How mail fared, in all and day by day."""

    figures: tuple[Figure, ...]
    chart: charts.ColumnChart
    lines: tuple[Line, ...]
    """Days with mail, the newest first."""


class Said(msgspec.Struct, frozen=True):
    """Advice in the reader's language."""

    tone: str
    icon: str
    sentence: str
    record: str | None


_ADVICE = {
    "wait": ("info", "hourglass"),
    "fix": ("warning", "triangle-alert"),
    "tighten": ("success", "arrow-up"),
    "done": ("success", "circle-check"),
}


def kind_status(kind: Kind) -> Status:
    """Give the badge that says who sent something."""
    found = _KINDS[kind]
    return Status(found.tone, gettext(found.label), gettext(found.meaning))


def result_words(result: str) -> str:
    """Say why connections failed; a reason that is new to us is shown by its name."""
    return gettext(_RESULTS[result]) if result in _RESULTS else result


def said(advice: Advice) -> Said:
    """Say what to do."""
    tone, icon = _ADVICE[advice.step]
    return Said(tone, icon, gettext(advice.sentence) % advice.values, advice.record)


def share(part: int, whole: int) -> str:
    """Write a share, or a dash for a share of nothing."""
    return formats.percent(part / whole) if whole else "–"


def course(days: Sequence[DmarcDay], first: date, number: int) -> Course:
    """Lay out how mail fared on each of so many days."""
    of_day: dict[date, dict[Kind, DmarcCounts]] = {first + timedelta(days=index): {} for index in range(number)}
    for each in days:
        if each.day in of_day:
            of_day[each.day][each.kind] = each.counts
    parts = {day: _parts(kinds) for day, kinds in of_day.items()}
    totals = [sum(column) for column in zip(*parts.values(), strict=True)]
    return Course(
        figures=tuple(
            Figure(gettext(label), tone, count, share(count, sum(totals)) if count else "")
            for (label, tone), count in zip(_PARTS, totals, strict=True)
        ),
        chart=charts.stacked([_stack(day, counts, index) for index, (day, counts) in enumerate(parts.items())]),
        lines=tuple(Line(_date(day), counts) for day, counts in reversed(parts.items()) if any(counts)),
    )


def _parts(kinds: dict[Kind, DmarcCounts]) -> tuple[int, ...]:
    of = {kind: kinds.get(kind, DmarcCounts()) for kind in KINDS}
    passed = sum(counts.passed for counts in of.values())
    return passed, of["ours"].failed + of["service"].failed, of["forwarded"].failed, of["foreign"].failed


def _stack(day: date, counts: tuple[int, ...], index: int) -> charts.Stack:
    known = [
        f"{gettext(label)}: {formats.number(count)}" for (label, _), count in zip(_PARTS, counts, strict=True) if count
    ]
    title = f"{_date(day)}: {', '.join(known) or gettext('nothing')}"
    label = dates.format_skeleton("MMMd", day, locale=i18n.locale()) if index % _LABEL_EVERY == _LABEL_FROM else ""
    return charts.Stack(title, tuple(zip(counts, (tone for _, tone in _PARTS), strict=True)), label)


def _date(day: date) -> str:
    return dates.format_date(day, "medium", locale=i18n.locale())
