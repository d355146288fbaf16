"""What a set would have done to past attempts."""

from control_plane.shaping.merge import merged
from control_plane.shaping.replay import Attempt, Replay
from control_plane.shaping.schemas import ProviderClass, ReplyRule, ShapingChanges

SECOND = 1000


def attempt(at_ms: int, reply: str | None = None, **more: object) -> Attempt:
    known = {"source_ip": "10.0.0.1", "domain": "acme.test", "mail_host": "mx.l.google.com", "provider": "google"}
    return Attempt(at_ms=at_ms, reply=reply, delivered=reply is None, **(known | more))  # type: ignore[arg-type]


def replay(*rules: ReplyRule, classes: tuple[ProviderClass, ...] = ()) -> Replay:
    return Replay(merged(ShapingChanges(rules=rules, classes=classes)))


SUSPEND = ReplyRule(name="stop", provider="google", pattern="odd words", action="suspend", threshold=2, for_seconds=60)


def test_a_rule_fires_and_suspends_what_follows() -> None:
    replayed = replay(SUSPEND)
    waited = [
        replayed.attempt(each)
        for each in (
            attempt(0, "odd words"),
            attempt(1 * SECOND, "odd words"),  # fires
            attempt(2 * SECOND),
            attempt(3 * SECOND, "odd words"),  # would not have been made, so it is not heard
            attempt(3 * SECOND, source_ip="10.0.0.2"),
            attempt(61 * SECOND),
        )
    ]
    assert waited == [False, False, True, True, False, False]
    tally = replayed.tallies["google", "stop"]
    assert (tally.fired, tally.suspended, tally.first_ms, tally.last_ms) == (1, 2, SECOND, SECOND)


def test_mail_beyond_the_rate_of_its_minute_is_slowed() -> None:
    slow = ReplyRule(name="slow", provider="google", pattern="odd words", action="slow", per_minute=2, for_seconds=600)
    replayed = replay(slow)
    replayed.attempt(attempt(0, "odd words"))
    waited = [replayed.attempt(attempt(60 * SECOND + number)) for number in range(5)]
    assert waited == [False, False, True, True, True]
    assert replayed.tallies["google", "slow"].slowed == 3


def test_a_classs_own_rate_has_no_rules_name() -> None:
    own = ProviderClass(name="acme", domains=("acme.test",), per_minute=1)
    replayed = replay(classes=(own,))
    assert [replayed.attempt(attempt(number)) for number in range(3)] == [False, True, True]
    assert replayed.tallies["acme", ""].slowed == 2


def test_a_bounce_gives_up_each_delivery() -> None:
    replayed = replay(ReplyRule(name="give-up", pattern="odd words", action="bounce"))
    for number in range(3):
        replayed.attempt(attempt(number, "odd words"))
    assert (replayed.tallies["google", "give-up"].fired, replayed.tallies["google", "give-up"].bounced) == (3, 3)


def test_an_attempt_that_reached_nobody_keeps_the_class_it_was_taken_for() -> None:
    replayed = replay(SUSPEND)
    for number in range(2):
        replayed.attempt(attempt(number, "odd words", mail_host=None))
    assert replayed.tallies["google", "stop"].fired == 1
