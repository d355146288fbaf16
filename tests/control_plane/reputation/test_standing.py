"""From look to look: nothing is listed by one look, and nothing changes by a list's silence."""

from datetime import UTC, datetime, timedelta

import pytest

from control_plane.reputation.pace import first_look, next_look
from control_plane.reputation.reading import Reading
from control_plane.reputation.standing import Standing, State, first, following, news

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CLEAN = Reading(state="clean")
LISTED = Reading(state="listed", severity="quarantine", said=("127.0.0.2",), why="SBL")
NOTED = Reading(state="listed", severity="warn", said=("127.0.0.10",), why="PBL")
UNKNOWN = Reading(state="unknown", why="SERVFAIL")

Look = tuple[int, Reading]


@pytest.mark.parametrize(
    ("looks", "state", "told"),
    [
        ([(0, CLEAN)], "clean", []),
        ([(0, LISTED)], "suspected", []),
        ([(0, LISTED), (5, LISTED)], "suspected", []),  # too soon after the first
        ([(0, LISTED), (5, LISTED), (11, LISTED)], "listed", ["listed"]),
        ([(0, LISTED), (11, CLEAN)], "clean", []),  # it was an accident
        ([(0, LISTED), (11, LISTED), (30, LISTED)], "listed", ["listed"]),  # told once
        ([(0, LISTED), (11, LISTED), (30, CLEAN)], "clean", ["listed", "cleared"]),
        ([(0, LISTED), (11, LISTED), (30, UNKNOWN)], "listed", ["listed"]),  # silence clears nobody
        ([(0, LISTED), (11, UNKNOWN), (22, LISTED)], "listed", ["listed"]),
        ([(0, UNKNOWN)], "unknown", []),
        ([(0, CLEAN), (30, UNKNOWN)], "unknown", []),  # nor does silence keep anybody clean
        ([(0, UNKNOWN), (30, LISTED)], "suspected", []),
        ([(0, NOTED), (11, NOTED), (30, LISTED)], "listed", ["listed", "worse"]),
    ],
)
def test_looks_one_after_the_other(looks: list[Look], state: State, told: list[str]) -> None:
    standing: Standing | None = None
    happened: list[str] = []
    for minutes, reading in looks:
        at = NOW + timedelta(minutes=minutes)
        before = standing
        standing = first(reading, at) if before is None else following(before, reading, at)
        happened += [each for each in [news(before, standing)] if each]
    assert standing is not None
    assert (standing.state, happened) == (state, told)


def test_a_suspicion_is_looked_into_soon() -> None:
    assert next_look("ip", ["clean", "suspected"], NOW, 0.5) == NOW + timedelta(minutes=11)


def test_looks_are_spread() -> None:
    looks = {next_look("ip", ["clean"], NOW, chance / 10) for chance in range(11)}
    assert len(looks) == 11
    assert min(looks) == NOW + timedelta(hours=2, minutes=24)
    assert max(looks) == NOW + timedelta(hours=3, minutes=36)
    assert first_look("domain", NOW, 0.5) == NOW + timedelta(hours=12)


def test_when_no_list_answers_it_is_tried_again_within_the_hour_or_so() -> None:
    assert next_look("domain", ["unknown", "unknown"], NOW, 0.5) == NOW + timedelta(hours=1)
