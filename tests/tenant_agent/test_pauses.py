"""Waiting longer and longer, and not too often."""

from tenant_agent.backoff import Backoff
from tenant_agent.debounce import Debounce


def test_waits_double_up_to_the_longest_and_start_over_after_a_success() -> None:
    backoff = Backoff(1.0, 8.0, jitter=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(6)] == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    backoff.reset()
    assert backoff.next_seconds() == 1.0


def test_a_wait_is_never_shorter_than_half() -> None:
    assert Backoff(1.0, 8.0, jitter=lambda: 0.0).next_seconds() == 0.5


def test_what_nobody_asks_for_is_not_due() -> None:
    assert Debounce(10).wait_seconds(now=100) is None


def test_the_first_is_due_at_once_and_the_next_after_the_interval() -> None:
    debounce = Debounce(10)
    debounce.ask()
    assert debounce.wait_seconds(now=100) == 0
    debounce.done(now=100)
    debounce.ask()
    assert debounce.wait_seconds(now=103) == 7
    assert debounce.wait_seconds(now=111) == 0
