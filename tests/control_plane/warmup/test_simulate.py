"""Forty days at a time: no cap is ever exceeded, nothing is lost, and bad days hold."""

from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as some

from control_plane.core.clock import FixedClock
from control_plane.warmup.presets import PRESETS, SHARES
from control_plane.warmup.schemas import Counts, Preset, Schedule, Step
from control_plane.warmup.simulate import Demand, Outcome, Room, Simulation, all_well, spread
from tenant_agent import wire

DAYS = 40


def simulated(schedule: Schedule, demand: Demand, outcome: Outcome = all_well, room: Room | None = None) -> Simulation:
    clock = FixedClock(datetime(2026, 11, 1, tzinfo=UTC))
    simulation = Simulation(schedule, room or Room(warm=100, relay=50), demand, outcome, clock)
    simulation.run(DAYS)
    return simulation


@some.composite
def schedules(draw: some.DrawFn) -> Schedule:
    """Make a table of any kind, falling steps included."""
    days = draw(some.lists(some.integers(1, 5000), min_size=1, max_size=30))
    steps = tuple(Step(per_day=day, per_hour=draw(some.integers(1, day))) for day in days)
    return Schedule(name="Any", steps=steps, shares={"google": draw(some.floats(0.01, 1)), wire.GENERIC: 0.5})


@settings(max_examples=30, deadline=None)
@given(schedule=schedules(), random=some.randoms(use_true_random=False))
def test_no_cap_is_ever_exceeded_and_no_mail_is_lost(schedule: Schedule, random: Random) -> None:
    new: dict[tuple[int, int, str], int] = {}

    def demand(day: int, hour: int, provider: str) -> int:
        return new.setdefault((day, hour, provider), random.choice((0, 3, 500)))

    def outcome(_: int, __: str, sent: int) -> Counts:
        bad = random.randint(0, sent)
        return Counts(sent, sent - bad, random.randint(0, sent), bad, random.randint(0, 3))

    simulation = simulated(schedule, demand, outcome)
    sent: dict[tuple[int, str], int] = {}
    waiting = dict.fromkeys(schedule.shares, 0)
    for each in simulation.hours:
        way = each.day, each.provider
        sent[way] = sent.get(way, 0) + each.sent
        assert 0 <= each.sent <= each.cap.per_hour
        assert sent[way] <= each.cap.per_day
        assert each.wanted == waiting[each.provider] + new[each.day, each.hour, each.provider]
        assert each.wanted == each.sent + each.warm + each.relay + each.waiting
        waiting[each.provider] = each.waiting
    for hour in range(0, len(simulation.hours), len(schedule.shares)):
        same = simulation.hours[hour : hour + len(schedule.shares)]
        assert sum(each.warm for each in same) <= 100
        assert sum(each.relay for each in same) <= 50


@settings(max_examples=20, deadline=None)
@given(schedule=schedules(), per_day=some.integers(0, 20_000))
def test_a_step_leads_to_the_next_one_only(schedule: Schedule, per_day: int) -> None:
    simulation = simulated(schedule, spread(per_day, schedule.shares))
    for provider in schedule.shares:
        steps = [day.step for day in simulation.days if day.provider == provider]
        assert all(later - earlier in (0, 1) for earlier, later in pairwise(steps))


def test_with_enough_mail_that_is_taken_well_the_table_is_done_in_its_days() -> None:
    name: Preset = "steady"
    simulation = simulated(PRESETS[name], spread(100_000, SHARES))
    done = {day.provider: day.day for day in reversed(simulation.days) if day.verdict == "done"}
    assert done == dict.fromkeys(SHARES, len(PRESETS[name].steps) + 1)


def test_a_bad_week_at_one_provider_holds_that_one_only() -> None:
    def outcome(day: int, provider: str, sent: int) -> Counts:
        is_bad = provider == "yahoo" and 8 <= day <= 12
        return Counts(sent=sent, delivered=sent, deferred=sent if is_bad else 0)

    simulation = simulated(PRESETS["steady"], spread(100_000, SHARES), outcome)
    at = {day.provider: day.step for day in simulation.days if day.day == 13}
    assert at["yahoo"] == 3
    assert {step for provider, step in at.items() if provider != "yahoo"} == {13}


def test_what_the_new_address_may_not_take_goes_to_the_warm_ones_then_to_the_relay_then_waits() -> None:
    simulation = simulated(PRESETS["steady"], spread(48_000, {"google": 1.0} | dict.fromkeys(list(SHARES)[1:], 0.0)))
    first = next(each for each in simulation.hours if each.wanted)
    assert (first.wanted, first.sent, first.warm, first.relay, first.waiting) == (3000, 21, 100, 50, 2829)


def test_what_is_not_used_for_a_month_begins_anew() -> None:
    def demand(day: int, hour: int, _: str) -> int:
        return 1000 if day <= 5 and hour >= 12 else 0

    simulation = simulated(PRESETS["steady"], demand, room=Room(warm=10**6, relay=0))
    google = [day for day in simulation.days if day.provider == "google"]
    assert google[5].step > 1
    assert google[-1].step == 1
    assert "nothing was sent for 30 days" in {day.why for day in google}
