"""What the simulator's addresses do, and what the rules for real mail make of what its server says."""

from collections.abc import Generator

import pytest

from control_plane.bounces.classify import BounceClass, classify
from control_plane.core.sandbox import SIMULATOR
from control_plane.sandbox.replies import refusal
from control_plane.sandbox.scripts import SUPPRESSED, WORDS, script_of

_DOMAIN = "simulator.example"


@pytest.fixture(autouse=True)
def _simulator() -> Generator[None]:
    before, SIMULATOR.domain = SIMULATOR.domain, _DOMAIN
    yield
    SIMULATOR.domain = before


def _types(local: str) -> list[str]:
    return [step.type.removeprefix("message.") for step in script_of(f"{local}@{_DOMAIN}")]


@pytest.mark.parametrize(
    ("local", "types"),
    [
        ("delivered", ["delivered"]),
        ("delivered+my.own+mark", ["delivered"]),
        ("DELIVERED", ["delivered"]),
        ("bounce", ["bounced"]),
        ("bounce+550", ["bounced"]),
        ("defer", ["deferred", "deferred", "delivered"]),
        ("defer+421", ["deferred", "deferred", "delivered"]),
        ("complain+x", ["delivered", "complained"]),
        ("slow", ["delivered"]),
        ("autoreply", ["delivered"]),
        ("mailbox-full", ["bounced"]),
        ("delivered2", ["bounced"]),  # nobody is called so
        ("", ["bounced"]),
        ("+550", ["bounced"]),
    ],
)
def test_an_address_does_what_it_is_called(local: str, types: list[str]) -> None:
    assert _types(local) == types


def test_a_slow_address_takes_half_a_minute() -> None:
    assert script_of(f"slow@{_DOMAIN}")[0].after.total_seconds() == 30


@pytest.mark.parametrize("email", ["bounce@else.test", f"bounce@sub.{_DOMAIN}", f"bounce@not{_DOMAIN}", _DOMAIN])
def test_words_mean_something_at_the_simulators_domain_only(email: str) -> None:
    assert [step.type for step in script_of(email)] == ["message.delivered"]


def test_every_word_that_people_are_told_of_is_understood() -> None:
    for word in WORDS:
        assert word.name == SUPPRESSED or "addresses are" not in script_of(f"{word.example}@{_DOMAIN}")[0].reply.text


def test_whoever_mistakes_a_word_is_told_which_there_are() -> None:
    assert "mailbox-full" in script_of(f"bounced@{_DOMAIN}")[0].reply.text


@pytest.mark.parametrize(
    ("code", "begins", "bounce_class"),
    [
        ("", "550 5.1.1 ", "invalid_recipient"),
        ("550", "550 5.1.1 ", "invalid_recipient"),
        ("552", "552 5.2.2 ", "mailbox_full"),
        ("554", "554 5.7.1 ", "spam_content"),
        ("5.7.1", "554 5.7.1 ", "spam_content"),
        ("5.7.26", "550 5.7.26 ", "auth_failed"),
        ("5.2.1", "550 5.2.1 ", "inactive"),
        ("5.3.4", "552 5.3.4 ", "too_big"),
        ("599", "599 5.0.0 ", "unknown"),
        ("5.999.999", "550 5.999.999 ", "unknown"),
        ("421", "550 5.1.1 ", "invalid_recipient"),  # a bounce is for good: that is somebody's own mark
        ("order-550", "550 5.1.1 ", "invalid_recipient"),
        ("5.7", "550 5.1.1 ", "invalid_recipient"),
    ],
)
def test_a_bounce_says_what_real_servers_say(code: str, begins: str, bounce_class: BounceClass) -> None:
    reply = refusal(code, f"bounce@{_DOMAIN}", "5.1.1")
    assert reply.text.startswith(begins)
    assert classify(reply.text, reply.dsn).bounce_class == bounce_class


@pytest.mark.parametrize(
    ("code", "begins", "bounce_class"),
    [
        ("", "451 4.7.1 ", "rate_limited"),
        ("421", "421 4.7.0 ", "rate_limited"),
        ("452", "452 4.2.2 ", "mailbox_full"),
        ("4.4.2", "421 4.4.2 ", "network"),
        ("550", "451 4.7.1 ", "rate_limited"),
    ],
)
def test_so_does_a_deferral(code: str, begins: str, bounce_class: BounceClass) -> None:
    reply = refusal(code, f"defer@{_DOMAIN}", "4.7.1")
    assert reply.text.startswith(begins)
    assert classify(reply.text, reply.dsn).bounce_class == bounce_class


def test_an_address_that_looks_like_a_template_is_shown_as_it_is() -> None:
    recipient = f"bounce+{{0.__class__}}@{_DOMAIN}"
    assert recipient in refusal("{0.__class__}", recipient, "5.1.1").text
