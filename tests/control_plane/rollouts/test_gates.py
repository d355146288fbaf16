"""Tests of what must be well with a node that was given a change."""

import msgspec
import pytest

from control_plane.rollouts.gates import APPLY_SECONDS, PROBE_SECONDS, Before, Evidence, Tally, failures, judge

WELL = Evidence(
    is_present=True,
    is_applied=True,
    seconds=60,
    refused=None,
    problem=None,
    probe_asked=True,
    probe_delivered=True,
    probe_reply="250 2.0.0 Ok",
    waiting=10,
    since=Tally(delivered=95, deferred=5),
    before=Before(waiting=10, node=Tally(delivered=950, deferred=50)),
)


def verdicts(seen: Evidence) -> dict[str, str]:
    return {gate.name: gate.verdict for gate in judge(seen)}


def test_a_node_that_is_well_passes_everything() -> None:
    assert set(verdicts(WELL).values()) == {"passed"}


@pytest.mark.parametrize(
    ("gate", "verdict", "changes"),
    [
        ("present", "failed", {"is_present": False}),
        ("applied", "waiting", {"is_applied": False, "seconds": APPLY_SECONDS}),
        ("applied", "failed", {"is_applied": False, "seconds": APPLY_SECONDS + 1}),
        ("applied", "failed", {"refused": "daemons: renderer 7 is not known"}),
        ("configuration", "waiting", {"is_applied": False}),
        ("configuration", "failed", {"problem": "postfix: fatal"}),
        ("configuration", "failed", {"problem": "", "is_applied": False}),  # without words it is a problem all the same
        ("probe", "not_asked", {"probe_asked": False}),
        ("probe", "waiting", {"probe_delivered": None}),
        ("probe", "failed", {"probe_delivered": None, "seconds": PROBE_SECONDS + 1}),
        ("probe", "failed", {"probe_delivered": False}),
        ("queue", "passed", {"waiting": 120}),  # a hundred more are no sign
        ("queue", "failed", {"waiting": 121}),
        ("deferrals", "passed", {"since": Tally(delivered=1, deferred=18)}),  # too few to tell
        ("deferrals", "failed", {"since": Tally(delivered=1, deferred=19)}),
        ("deferrals", "passed", {"since": Tally(delivered=81, deferred=19)}),
        ("deferrals", "failed", {"since": Tally(delivered=80, deferred=20)}),
        ("bounces", "failed", {"since": Tally(delivered=95, bounced=5)}),
        ("bounces", "passed", {"since": Tally(delivered=96, bounced=4)}),
    ],
)
def test_each_gate_by_itself(gate: str, verdict: str, changes: dict[str, object]) -> None:
    found = verdicts(msgspec.structs.replace(WELL, **changes))
    assert found.pop(gate) == verdict
    if verdict == "failed" and "is_applied" not in changes:
        assert "failed" not in found.values()


def test_twice_as_bad_as_before_is_needed_where_it_was_bad_before() -> None:
    greylisted = Before(node=Tally(delivered=70, deferred=30))
    seen = msgspec.structs.replace(WELL, before=greylisted, since=Tally(delivered=50, deferred=50))
    assert verdicts(seen)["deferrals"] == "passed"
    seen = msgspec.structs.replace(seen, since=Tally(delivered=40, deferred=60))
    assert verdicts(seen)["deferrals"] == "failed"


def test_a_node_of_which_little_is_known_is_held_against_the_fleet() -> None:
    before = Before(node=Tally(delivered=1), fleet=Tally(delivered=700, deferred=300))
    seen = msgspec.structs.replace(WELL, before=before, since=Tally(delivered=60, deferred=40))
    assert verdicts(seen)["deferrals"] == "passed"


def test_figures_are_said() -> None:
    said = {gate.name: gate.figure for gate in judge(WELL)}
    assert said["deferrals"] == "5 of 100 attempts deferred (5%), before 5%"
    assert said["probe"] == "its mail arrived: 250 2.0.0 Ok"
    assert said["queue"] == "10 deferred in the queue, before 10"


def test_a_node_that_has_passed_may_be_away_but_not_do_harm() -> None:
    away = judge(msgspec.structs.replace(WELL, is_present=False, is_applied=False, seconds=1e6))
    assert list(failures(away, passed=True)) == []
    broken = judge(msgspec.structs.replace(WELL, problem="it died"))
    assert [gate.name for gate in failures(broken, passed=True)] == ["configuration"]
