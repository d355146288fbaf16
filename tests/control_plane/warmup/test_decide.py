"""What the next day may bring, decided from the last one."""

from itertools import pairwise

import pytest

from control_plane.warmup.decide import IDLE_DAYS, Position, cap_of, decide
from control_plane.warmup.presets import PRESETS, SHARES
from control_plane.warmup.schemas import Counts, Schedule, Step, Verdict
from tenant_agent import wire

TABLE = Schedule(
    name="Test",
    steps=(Step(per_day=100, per_hour=20), Step(per_day=200, per_hour=40), Step(per_day=400, per_hour=80)),
    shares={"google": 0.5, wire.GENERIC: 0.5},
)


def day(sent: int, **more: int) -> Counts:
    return Counts(**({"sent": sent, "delivered": sent} | more))


@pytest.mark.parametrize(
    ("at", "counts", "verdict", "step"),
    [
        (Position(step=1), day(50), "climb", 2),
        (Position(step=1), day(25), "climb", 2),  # half of the cap is enough
        (Position(step=1), day(24), "wait", 1),  # too little to go by
        (Position(step=1), day(0), "wait", 1),
        (Position(step=3), day(200), "done", 3),
        (Position(step=3, is_done=True), day(0), "done", 3),
        (Position(step=2), day(100, deferred=19), "climb", 3),  # 16 %, but too few to prove anything
        (Position(step=2), day(100, deferred=20), "hold", 2),
        (Position(step=2), day(100, deferred=60), "step_back", 1),
        (Position(step=1), day(50, deferred=60), "step_back", 1),  # there is nothing before the first
        (Position(step=2), day(100, delivered=94, bounced=6), "climb", 3),
        (Position(step=2), day(150, delivered=140, bounced=10), "hold", 2),
        (Position(step=2), day(100, delivered=80, bounced=20), "step_back", 1),
        (Position(step=3), day(2000, complained=2), "done", 3),
        (Position(step=3), day(2000, complained=3), "hold", 3),
        (Position(step=3), day(900, complained=3), "step_back", 2),
        (Position(step=3, is_done=True), day(100, delivered=50, bounced=50), "step_back", 2),
        (Position(step=3, idle_days=IDLE_DAYS), day(0), "begin", 1),
        (Position(step=3, is_done=True, idle_days=IDLE_DAYS), day(0), "begin", 1),
    ],
)
def test_the_last_day_decides_about_the_next(at: Position, counts: Counts, verdict: Verdict, step: int) -> None:
    decision = decide(TABLE, "google", at, counts)
    assert (decision.verdict, decision.step) == (verdict, step)
    assert decision.why


def test_what_is_held_does_not_climb_and_may_still_go_back() -> None:
    assert decide(TABLE, "google", Position(step=2), day(100), is_held=True).verdict == "hold"
    bad = day(100, delivered=50, bounced=50)
    assert decide(TABLE, "google", Position(step=2), bad, is_held=True).verdict == "step_back"


def test_the_worst_of_several_reasons_is_named() -> None:
    found = decide(TABLE, "google", Position(step=2), day(100, delivered=80, bounced=20, deferred=20))
    assert found.verdict == "step_back"
    assert "bounced" in found.why


def test_a_class_gets_its_share_and_at_least_one_mail() -> None:
    assert cap_of(TABLE, "google", 2) == wire.Cap(per_day=100, per_hour=20)
    assert cap_of(TABLE, "not-named", 2) == cap_of(TABLE, wire.GENERIC, 2)
    assert cap_of(TABLE, "google", 99) == cap_of(TABLE, "google", 3)
    tiny = Schedule(name="Tiny", steps=(Step(per_day=1, per_hour=1),), shares={wire.GENERIC: 0.01})
    assert cap_of(tiny, wire.GENERIC, 1) == wire.Cap(per_day=1, per_hour=1)


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_climbs_and_its_hours_fit_its_days(name: str) -> None:
    steps = PRESETS[name].steps  # type: ignore[index]
    assert all(later.per_day > earlier.per_day for earlier, later in pairwise(steps))
    assert all(0 < step.per_hour <= step.per_day for step in steps)
    assert sum(SHARES.values()) == pytest.approx(1)


def test_the_figures_of_the_presets_are_those_that_are_known() -> None:
    assert [step.per_day for step in PRESETS["steady"].steps][::10] == [300, 4100, 57_000]
    assert PRESETS["steady"].steps[-1].per_hour == 11_400
    assert (PRESETS["hourly"].steps[0].per_hour, PRESETS["hourly"].steps[-1].per_hour) == (20, 2_603_222)
    assert (len(PRESETS["even"].steps), PRESETS["even"].steps[-1].per_day) == (45, 50_000)
    assert PRESETS["steep"].steps[-1].per_day == 4_000_000
