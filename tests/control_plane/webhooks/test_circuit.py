from datetime import UTC, datetime, timedelta

import pytest

from control_plane.webhooks.circuit import AT_ONCE, DISABLED_AFTER, HELD_BACK_AFTER, WELL, Health, Round, after, room
from control_plane.webhooks.circuit import verdict as verdict_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ONE_FAILED = Round(delivered=0, failed=1)


def failed(times: int, now: datetime = NOW) -> Health:
    health = WELL
    for _ in range(times):
        health = after(health, ONE_FAILED, now)
    return health


def test_one_that_fares_well_gets_several_at_once() -> None:
    assert room(WELL, 0, NOW) == AT_ONCE
    assert room(WELL, 3, NOW) == AT_ONCE - 3
    assert room(WELL, AT_ONCE + 1, NOW) == 0


def test_a_few_failures_hold_nothing_back() -> None:
    health = failed(HELD_BACK_AFTER - 1)
    assert not health.is_held_back
    assert room(health, 0, NOW) == AT_ONCE
    assert health.failing_since == NOW


def test_after_several_failures_there_is_one_try_at_a_time() -> None:
    health = failed(HELD_BACK_AFTER)
    assert health.probe_at == NOW + timedelta(seconds=30)
    assert room(health, 0, NOW) == 0
    assert room(health, 0, NOW + timedelta(seconds=30)) == 1
    assert room(health, 1, NOW + timedelta(seconds=30)) == 0


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (5, timedelta(seconds=30)),
        (6, timedelta(minutes=1)),
        (8, timedelta(minutes=4)),
        (20, timedelta(minutes=30)),
        (100_000, timedelta(minutes=30)),
    ],
)
def test_the_pauses_double_up_to_half_an_hour(failures: int, pause: timedelta) -> None:
    health = after(Health(failures=failures - 1, failing_since=NOW), ONE_FAILED, NOW)
    assert health.probe_at == NOW + pause


@pytest.mark.parametrize(
    "rounds",
    [
        (8,),
        (4, 4),
        (5, 3),
        (1,) * 8,
        (2, 5, 1),
    ],
)
def test_as_many_as_are_under_way_fail_together_or_one_by_one_and_the_first_pauses_stay_short(
    rounds: tuple[int, ...],
) -> None:
    now, health = NOW, WELL
    for place, failures in enumerate(rounds):
        now = NOW + timedelta(milliseconds=100 * place)
        health = after(health, Round(delivered=0, failed=failures), now)
    assert health.failures == AT_ONCE
    assert health.probe_at is not None
    assert health.probe_at <= now + timedelta(seconds=30)
    probed_at = health.probe_at
    for pause in (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)):
        health = after(health, ONE_FAILED, probed_at)
        assert health.probe_at == probed_at + pause
        probed_at += pause


def test_late_tries_of_before_put_the_next_one_off_no_further() -> None:
    health = failed(HELD_BACK_AFTER)
    late = after(health, Round(delivered=0, failed=3), NOW + timedelta(seconds=19))
    assert (late.probe_at, late.failing_since) == (health.probe_at, NOW)
    assert late.failures == HELD_BACK_AFTER + 3


def test_one_success_makes_all_well_again() -> None:
    assert after(failed(50), Round(delivered=1, failed=0), NOW) == WELL
    assert after(failed(50), Round(delivered=1, failed=7), NOW) == WELL


def test_nothing_but_failures_for_five_days_disables_it() -> None:
    later = NOW + DISABLED_AFTER
    health = after(failed(HELD_BACK_AFTER), ONE_FAILED, later)
    assert health.failing_since == NOW
    assert verdict_of(health, ONE_FAILED, later - timedelta(seconds=1)) is None
    assert verdict_of(health, ONE_FAILED, later) == "failing"


def test_two_failures_five_days_apart_disable_nothing() -> None:
    later = NOW + DISABLED_AFTER
    assert verdict_of(after(failed(1), ONE_FAILED, later), ONE_FAILED, later) is None


def test_410_disables_it_at_once() -> None:
    assert verdict_of(failed(1), Round(delivered=0, failed=1, gone=True), NOW) == "gone"
