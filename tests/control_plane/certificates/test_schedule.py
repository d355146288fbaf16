"""Pauses, renewals and warnings."""

from datetime import UTC, datetime, timedelta

import pytest

from control_plane.certificates import schedule
from control_plane.certificates.problems import Kind

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "attempts", "pause"),
    [
        ("authority", 1, MINUTE),
        ("authority", 3, 4 * MINUTE),
        ("authority", 50, HOUR),
        ("name", 1, MINUTE),
        ("name", 50, 6 * HOUR),
        ("proof", 1, 15 * MINUTE),
        ("proof", 2, 30 * MINUTE),
        ("proof", 10_000, DAY),
        ("limit", 1, HOUR),
        ("operator", 9, 6 * HOUR),
    ],
)
def test_pauses_grow_up_to_a_most(kind: Kind, attempts: int, pause: timedelta) -> None:
    assert schedule.next_attempt(kind, attempts, NOW, chance=0) == NOW + pause
    assert schedule.next_attempt(kind, attempts, NOW, chance=1) == NOW + pause * 1.2


def test_four_proofs_an_hour_are_the_most_that_can_fail() -> None:
    at, failed = NOW, 0
    while at < NOW + HOUR:
        failed += 1
        at = schedule.next_attempt("proof", failed, at, chance=0)
    assert failed <= 4


def test_an_authority_that_says_when_is_listened_to() -> None:
    assert schedule.next_attempt("limit", 1, NOW, chance=0, retry_after_seconds=7200) == NOW + 2 * HOUR
    assert schedule.next_attempt("limit", 1, NOW, chance=0, retry_after_seconds=0) == NOW + MINUTE


@pytest.mark.parametrize("chance", [0, 0.5, 1])
def test_renewal_is_at_two_thirds_of_the_life(chance: float) -> None:
    at = schedule.renewal(NOW, NOW + 90 * DAY, chance=chance)
    assert timedelta(days=57) <= at - NOW <= timedelta(days=63)


def test_a_window_is_followed_and_one_that_is_over_means_now() -> None:
    start, end = NOW + DAY, NOW + 3 * DAY
    assert schedule.renewal_in(start, end, NOW, chance=0.5) == NOW + 2 * DAY
    assert schedule.renewal_in(NOW - 3 * DAY, NOW - DAY, NOW, chance=0.5) == NOW


def test_no_window_puts_renewal_off_until_nothing_can_be_mended() -> None:
    assert schedule.latest_renewal(NOW, NOW + 90 * DAY) == NOW + 81 * DAY


@pytest.mark.parametrize(
    ("asked_for", "pause"),
    [(None, 6 * HOUR), (0, MINUTE), (1800, 30 * MINUTE), (7 * 86_400, DAY)],
)
def test_authorities_say_when_they_want_to_be_asked_again(asked_for: int | None, pause: timedelta) -> None:
    assert schedule.look_again(NOW, asked_for) == NOW + pause


@pytest.mark.parametrize(
    ("days_left", "warned", "due"),
    [
        (20, None, None),
        (14, None, 14),
        (13.5, 14, None),
        (7, 14, 7),
        (2, 14, 3),
        (2, 3, None),
        (0.5, 3, 1),
        (0.5, 1, None),
        (-1, None, None),
    ],
)
def test_each_warning_is_given_once(days_left: float, warned: int | None, due: int | None) -> None:
    assert schedule.warning(NOW + days_left * DAY, NOW, warned) == due


def test_haste_is_refused_only_after_a_proof_that_failed() -> None:
    assert schedule.wished(NOW, None) == NOW
    assert schedule.wished(NOW, NOW - HOUR) == NOW
    assert schedule.wished(NOW, NOW - MINUTE) == NOW + 14 * MINUTE
