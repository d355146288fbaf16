"""Messages per minute, kept by a clock that the test moves."""

import pytest

from tenant_agent.route.pace import Pace


@pytest.mark.parametrize(("per_minute", "most"), [(1.0, 61), (10.0, 602), (600.0, 36_060)])
def test_an_hour_of_asking_all_the_time_gives_the_rate_and_no_more(per_minute: float, most: int) -> None:
    pace, sent = Pace(), 0
    for tick in range(36_000):
        now_ms = tick * 100.0
        while not pace.wait_ms("way", per_minute, now_ms):
            pace.take("way", per_minute, now_ms)
            sent += 1
    assert per_minute * 59 < sent <= most


def test_ways_do_not_wait_for_one_another() -> None:
    pace = Pace()
    pace.take("one", 1.0, 0.0)
    assert pace.wait_ms("one", 1.0, 0.0) == 60_000
    assert pace.wait_ms("other", 1.0, 0.0) == 0


def test_what_must_wait_is_told_to_come_back_one_behind_the_other() -> None:
    pace = Pace()
    pace.take("way", 6.0, 0.0)
    assert [pace.promise_ms("way", 6.0, 0.0) for _ in range(3)] == [10_000, 20_000, 30_000]


def test_who_goes_elsewhere_has_no_place_in_the_line() -> None:
    pace = Pace()
    pace.take("way", 6.0, 0.0)
    waits = [pace.promise_ms("way", 6.0, 0.0, most_ms=30_000) for _ in range(100)]
    assert waits[:3] == [10_000, 20_000, 30_000]
    assert set(waits[3:]) == {40_000}
    assert pace.promise_ms("way", 6.0, 30_000.0, most_ms=30_000) == 10_000


def test_ways_without_end_are_not_all_remembered() -> None:
    pace = Pace()
    for number in range(5_000):
        pace.take(number, 60.0, number * 1000.0)
    assert len(pace._due_ms) <= 1_001


def test_a_rate_that_is_lowered_holds_at_once() -> None:
    pace = Pace()
    for _ in range(50):
        pace.take("way", 600.0, 0.0)
    assert pace.wait_ms("way", 600.0, 0.0) < pace.wait_ms("way", 1.0, 0.0) <= 60_000
