"""How a stream's figures stand beside the thresholds: a pure decision."""

from collections.abc import Mapping, Sequence

import msgspec

from control_plane.enforcement.schemas import SendingRate
from control_plane.enforcement.thresholds import THRESHOLDS, Grade, Kind, Period, Threshold

_GRADES: tuple[Grade, ...] = ("few", "good", "review", "bad")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a stream's mail in a time; simulated, suppressed and infrastructure's failures are left out."""

    arrived: int = 0
    bounced: int = 0
    """Refused because of the recipient."""
    heard: int = 0
    """Arrived at providers that tell of complaints."""
    complained: int = 0


Evidence = Mapping[Period, Counts]


def rates_of(evidence: Evidence, *, is_new: bool) -> tuple[SendingRate, ...]:
    """Judge each figure of each period."""
    return tuple(
        _rate(kind, period, _pair(kind, counts), THRESHOLDS[kind], is_new=is_new)
        for kind in THRESHOLDS
        for period, counts in evidence.items()
    )


def worst(rates: Sequence[SendingRate]) -> SendingRate | None:
    """Find the figure that counts: of the worst grade the one furthest beyond its threshold; None: none is bad."""
    bad = [rate for rate in rates if rate.grade in ("review", "bad")]
    return max(bad, key=lambda rate: (_GRADES.index(rate.grade), rate.share / rate.pause), default=None)


def _pair(kind: Kind, counts: Counts) -> tuple[int, int]:
    if kind == "bounces":
        return counts.bounced, counts.arrived + counts.bounced
    return counts.complained, max(counts.heard, counts.complained)


def _rate(kind: Kind, period: Period, pair: tuple[int, int], asked: Threshold, *, is_new: bool) -> SendingRate:
    count, of = pair
    grades = [_by_share(count, of, asked), *([_by_count(count, of, period, asked)] if is_new else [])]
    grade = _GRADES[max(map(_GRADES.index, grades))]
    return SendingRate(cause=kind, window=period, count=count, of=of, review=asked.review, pause=asked.bad, grade=grade)


def _by_share(count: int, of: int, asked: Threshold) -> Grade:
    if of < asked.least_of:
        return "few"
    if count >= asked.least_bad and count / of >= asked.bad:
        return "bad"
    return "review" if count >= asked.least_review and count / of >= asked.review else "good"


def _by_count(count: int, of: int, period: Period, asked: Threshold) -> Grade:
    if not of or count / of < asked.new_share:
        return "few"
    for name, review, bad in asked.new:
        if name == period and count >= review:
            return "bad" if count >= bad else "review"
    return "few"
