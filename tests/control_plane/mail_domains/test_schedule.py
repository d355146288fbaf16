"""When domains are checked again."""

from datetime import UTC, datetime, timedelta

import pytest

from control_plane.mail_domains.life import Life
from control_plane.mail_domains.schedule import next_check

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVEN = 0.5
"""The chance that neither hastens nor delays."""

VERIFIED = Life(status="verified", created_at=NOON - timedelta(days=999), proven_at=NOON - timedelta(days=998))


@pytest.mark.parametrize(
    ("failed", "minutes"),
    [(0, 1), (1, 2), (3, 8), (8, 256), (9, 360), (10_000, 360)],
)
def test_a_domain_without_proof_is_checked_ever_more_rarely(failed: int, minutes: int) -> None:
    pending = Life(status="pending", created_at=NOON, checks_failed=failed)
    assert next_check(pending, NOON, chance=EVEN) == NOON + timedelta(minutes=minutes)


def test_a_claim_that_has_expired_is_left_alone() -> None:
    assert next_check(Life(status="failed", created_at=NOON), NOON, chance=EVEN) is None


def test_a_verified_domain_is_looked_after_for_ever() -> None:
    assert next_check(VERIFIED, NOON, chance=EVEN) == NOON + timedelta(hours=6)


def test_domains_that_were_checked_together_are_not_checked_together_again() -> None:
    early, late = next_check(VERIFIED, NOON, chance=0.0), next_check(VERIFIED, NOON, chance=0.999)
    assert early is not None
    assert late is not None
    assert timedelta(hours=1) < late - early < timedelta(hours=1.3)


def test_a_verified_domain_whose_dns_was_silent_is_looked_at_sooner() -> None:
    assert next_check(VERIFIED, NOON, chance=EVEN, silent=True) == NOON + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("since", "pause"),
    [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(hours=1), timedelta(minutes=30)),
        (timedelta(days=30), timedelta(hours=6)),
    ],
)
def test_a_degraded_domain_is_looked_at_often_at_first(since: timedelta, pause: timedelta) -> None:
    degraded = Life(status="degraded", created_at=NOON, proven_at=NOON, flawed_since=NOON - since)
    assert next_check(degraded, NOON, chance=EVEN) == NOON + pause


@pytest.mark.parametrize(("days", "pause"), [(8, timedelta(hours=6)), (31, timedelta(days=1))])
def test_a_lost_domain_is_looked_for_though_ever_less(days: int, pause: timedelta) -> None:
    lost = Life(status="failed", created_at=NOON, proof_missing_since=NOON - timedelta(days=days))
    assert next_check(lost, NOON, chance=EVEN) == NOON + pause
