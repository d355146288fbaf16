"""When domains are checked again."""

from datetime import UTC, datetime, timedelta

import pytest

from control_plane.mail_domains.schedule import next_check

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failed", "minutes"),
    [(0, 1), (1, 2), (3, 8), (8, 256), (9, 360), (10_000, 360)],
)
def test_a_domain_without_proof_is_checked_ever_more_rarely(failed: int, minutes: int) -> None:
    assert next_check(NOON, proven=False, added_at=NOON, failed=failed) == NOON + timedelta(minutes=minutes)


def test_a_domain_that_was_not_proven_in_a_month_is_left_alone() -> None:
    assert next_check(NOON, proven=False, added_at=NOON - timedelta(days=31), failed=200) is None


def test_a_proven_domain_is_looked_after_for_ever() -> None:
    assert next_check(NOON, proven=True, added_at=NOON - timedelta(days=999), failed=0) == NOON + timedelta(hours=6)
