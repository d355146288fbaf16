from datetime import UTC, datetime, timedelta

import pytest

from control_plane.webhooks.retries import RETRY_AFTER, Decision, Outcome, decide

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_ends_it_well(status: int) -> None:
    assert decide(Outcome(status, ""), 1, NOW) == Decision("delivered", None)


@pytest.mark.parametrize("status", [None, 301, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    assert decide(Outcome(status, ""), 1, NOW) == Decision("pending", NOW + timedelta(seconds=5))


def test_the_schedule_is_5s_5m_30m_2h_5h_10h_10h_and_then_it_is_given_up() -> None:
    failed = Outcome(500, "")
    pauses = [decide(failed, attempts, NOW) for attempts in range(1, 9)]
    assert [each.next_attempt_at and each.next_attempt_at - NOW for each in pauses] == [*RETRY_AFTER, None]
    assert [int(pause.total_seconds()) for pause in RETRY_AFTER] == [5, 300, 1800, 7200, 18000, 36000, 36000]
    assert pauses[-1] == Decision("failed", None, "tries")


def test_410_asks_for_no_more() -> None:
    assert decide(Outcome(410, ""), 1, NOW) == Decision("failed", None, "gone")
