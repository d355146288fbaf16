"""The circuit breaker, without a clock of its own."""

import pytest

from tenant_agent.relays.breaker import Breaker, kind_of

REFUSED = "4.4.1 connect to smtp.provider.test[10.0.0.1]:587: Connection refused"
BUSY = "4.7.0 host smtp.provider.test said: 421 4.7.0 Slow down"
SECOND = 1000


def opened(now_ms: int = 0) -> Breaker:
    breaker = Breaker()
    for _ in range(3):
        breaker = breaker.failed(REFUSED, now_ms)
    return breaker


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (REFUSED, "hard"),
        ("4.4.2 lost connection with smtp.provider.test while receiving the initial greeting", "hard"),
        ("4.7.5 Server certificate not trusted", "hard"),
        ("4.7.8 SASL authentication failed; server said: 535 5.7.8 Bad credentials", "hard"),
        ("4.4.3 Host or domain name not found. Name service error for name=x type=A", "hard"),
        (BUSY, "soft"),
        ("4.2.2 host said: 452 Mailbox full", "soft"),
    ],
)
def test_replies_are_told_apart(reply: str, kind: str) -> None:
    assert kind_of(reply) == kind


def test_a_server_that_cannot_be_worked_with_opens_it_at_the_third_failure_in_a_row() -> None:
    breaker = Breaker().failed(REFUSED, 0).failed(REFUSED, 0)
    assert breaker.is_closed
    assert not breaker.failed(REFUSED, 0).admits(0)
    assert breaker.succeeded(0).failed(REFUSED, 0).is_closed


def test_putting_off_half_of_all_mails_opens_it() -> None:
    breaker = Breaker()
    for _ in range(12):
        breaker = breaker.succeeded(0)
    for _ in range(11):
        breaker = breaker.failed(BUSY, 0)
    assert breaker.is_closed
    assert not breaker.failed(BUSY, 0).is_closed


def test_a_few_mails_put_off_each_window_never_open_it() -> None:
    breaker = Breaker()
    for window in range(50):
        for _ in range(9):
            breaker = breaker.failed(BUSY, window * 300 * SECOND)
    assert breaker.is_closed


def test_when_the_pause_is_over_one_delivery_tries_and_the_others_wait_for_it() -> None:
    breaker = opened()
    assert not breaker.admits(29 * SECOND)
    assert breaker.admits(30 * SECOND)
    assert not breaker.tried(30 * SECOND).admits(31 * SECOND)


def test_a_probe_that_succeeds_closes_it() -> None:
    assert opened().tried(30 * SECOND).succeeded(31 * SECOND).is_closed


def test_each_probe_that_fails_doubles_the_pause_up_to_a_quarter_of_an_hour() -> None:
    breaker, now, pauses = opened(), 0, []
    for _ in range(8):
        now = breaker.open_until_ms
        breaker = breaker.tried(now).failed(REFUSED, now)
        pauses.append((breaker.open_until_ms - now) // SECOND)
    assert pauses == [60, 120, 240, 480, 900, 900, 900, 900]


def test_a_probe_that_is_never_heard_of_is_followed_by_another() -> None:
    breaker = opened().tried(30 * SECOND)
    assert breaker.admits(150 * SECOND)


def test_what_was_on_its_way_when_it_opened_does_not_make_the_pause_longer() -> None:
    breaker = opened()
    late = breaker.failed("4.4.2 lost connection", 1 * SECOND)
    assert late.open_until_ms == breaker.open_until_ms
    assert late.last_reply == "4.4.2 lost connection"
