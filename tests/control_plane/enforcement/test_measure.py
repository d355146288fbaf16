"""How figures stand beside the thresholds."""

import pytest

from control_plane.enforcement.measure import Counts, Evidence, rates_of, worst
from control_plane.enforcement.thresholds import Grade, Kind


def _week(**counts: int) -> Evidence:
    return {"day": Counts(), "week": Counts(**counts)}


def _grade(evidence: Evidence, kind: Kind, *, is_new: bool = False, window: str = "week") -> Grade:
    [rate] = [rate for rate in rates_of(evidence, is_new=is_new) if rate.cause == kind and rate.window == window]
    return rate.grade


@pytest.mark.parametrize(
    ("arrived", "bounced", "expected", "remark"),
    [
        (0, 0, "few", "nothing was sent"),
        (50, 49, "few", "half of 99 mails came back, but 99 are too few"),
        (91, 9, "good", "9 % of 100, but nine bounces are too few"),
        (190, 10, "review", "just 5 %, with ten bounces"),
        (191, 10, "good", "just below 5 %"),
        (90, 10, "bad", "just 10 %"),
        (100_000, 4_000, "good", "many bounces, but few for so many mails"),
    ],
)
def test_bounces_are_judged_by_share_and_number(arrived: int, bounced: int, expected: Grade, remark: str) -> None:
    assert _grade(_week(arrived=arrived, bounced=bounced), "bounces") == expected, remark


@pytest.mark.parametrize(
    ("heard", "complained", "expected", "remark"),
    [
        (99, 5, "few", "a complaint in twenty, but too few mails"),
        (1_000, 2, "good", "0.2 %, but two people are too few"),
        (3_000, 3, "review", "just 0.1 %"),
        (3_001, 3, "good", "just below 0.1 %"),
        (600, 4, "review", "more than 0.5 %, but four people are too few for a pause"),
        (1_000, 5, "bad", "just 0.5 %"),
    ],
)
def test_complaints_are_judged_by_share_and_number(heard: int, complained: int, expected: Grade, remark: str) -> None:
    evidence = _week(arrived=heard, heard=heard, complained=complained)
    assert _grade(evidence, "complaints") == expected, remark


def test_mail_to_providers_that_tell_of_no_complaints_makes_none_seem_rarer() -> None:
    evidence = _week(arrived=1_000_000, heard=1_000, complained=5)
    assert _grade(evidence, "complaints") == "bad"


@pytest.mark.parametrize(
    ("window", "arrived", "bounced", "expected", "remark"),
    [
        ("day", 20, 9, "few", "nine a day are few"),
        ("day", 20, 10, "review", "ten of thirty on the first day"),
        ("day", 20, 25, "bad", "a bought list"),
        ("week", 40, 24, "few", "24 a week are few"),
        ("week", 40, 50, "bad", "fifty in a week"),
        ("day", 600, 25, "good", "25 of 625 are less than 5 %"),
    ],
)
def test_of_who_is_new_a_count_alone_is_enough(
    window: str, arrived: int, bounced: int, expected: Grade, remark: str
) -> None:
    counts = Counts(arrived=arrived, bounced=bounced)
    evidence: Evidence = {"day": counts if window == "day" else Counts(), "week": counts}
    assert _grade(evidence, "bounces", is_new=True, window=window) == expected, remark


def test_who_is_not_new_needs_more_evidence() -> None:
    evidence: Evidence = {"day": Counts(arrived=20, bounced=25), "week": Counts(arrived=20, bounced=25)}
    assert _grade(evidence, "bounces", window="day") == "few"


def test_a_bad_day_is_seen_after_a_good_week() -> None:
    evidence: Evidence = {
        "day": Counts(arrived=10_000, bounced=5_000),
        "week": Counts(arrived=1_010_000, bounced=5_000),
    }
    finding = worst(rates_of(evidence, is_new=False))
    assert finding is not None
    assert (finding.grade, finding.window) == ("bad", "day")


def test_of_several_the_one_furthest_beyond_counts() -> None:
    evidence = _week(arrived=900, heard=900, bounced=100, complained=9)
    finding = worst(rates_of(evidence, is_new=False))
    assert finding is not None
    assert finding.cause == "complaints", "twice its threshold, while bounces just reach theirs"


def test_good_figures_find_nothing() -> None:
    assert worst(rates_of(_week(arrived=10_000, heard=9_000, bounced=100), is_new=True)) is None
