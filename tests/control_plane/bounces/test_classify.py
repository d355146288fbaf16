"""Why mail was refused, by what servers really say."""

import time
import tomllib
from pathlib import Path

import msgspec
import pytest

from control_plane.bounces.classify import ABOUT_US, BounceClass, classify, verdict_of


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a server said, and what it means."""

    means: BounceClass
    dsn: str
    said: str


_TABLE = tomllib.loads(Path(__file__).with_name("replies.toml").read_text())
REPLIES = msgspec.convert(_TABLE["replies"], list[Reply])


@pytest.mark.parametrize("reply", REPLIES, ids=[each.said[:60] for each in REPLIES])
def test_what_servers_say_is_understood(reply: Reply) -> None:
    assert classify(reply.said, reply.dsn).bounce_class == reply.means


@pytest.mark.parametrize(
    ("dsn", "reply", "meant"),
    [
        ("5.1.1", "", "invalid_recipient"),
        ("4.2.2", "", "mailbox_full"),
        ("", "550 5.2.1 nope", "inactive"),
        ("5.7.26", "no", "auth_failed"),
        ("5.0.0", "550 no", "unknown"),
        ("5.99.99", "550 no", "unknown"),
        ("", "", "unknown"),
        ("not a code", "\0\ud800", "unknown"),
    ],
)
def test_where_the_words_say_nothing_the_code_does(dsn: str, reply: str, meant: BounceClass) -> None:
    assert classify(reply, dsn).bounce_class == meant


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 <spamhaus@user-unknown.test>: Sorry, blocked using zen.spamhaus.org",
        "host mx.no-such-user.test[192.0.2.9] said: 550 5.1.1 your IP is listed at dnsbl.test",
    ],
)
def test_who_is_listed_suppresses_nobody_whatever_code_they_get(reply: str) -> None:
    verdict = classify(reply, "5.1.1")
    assert (verdict.bounce_class, verdict.counts) == ("reputation_blocked", "no")


def test_names_of_addresses_and_hosts_mean_nothing() -> None:
    reply = "host mx.spamhaus.test[192.0.2.9] said: 550 5.1.1 <spamcop@over.quota.test>: User unknown"
    assert classify(reply, "5.1.1").bounce_class == "invalid_recipient"


def test_nothing_that_is_about_us_or_a_message_counts_against_an_address() -> None:
    verdicts = [verdict_of(reply.means) for reply in REPLIES]
    assert {each.about for each in verdicts if each.counts != "no"} == {"recipient"}
    assert set(ABOUT_US) == {each.bounce_class for each in verdicts if each.about == "us"}


def test_a_reply_that_was_made_to_take_long_does_not() -> None:
    hostile = ["a" * 2000, "a@" * 1000, "@" * 2000, "550 " * 500, "said: " * 400, "\N{KELVIN SIGN}" * 2000]
    began = time.perf_counter()
    for text in hostile:
        classify(text, "5.0.0")
    assert time.perf_counter() - began < 0.1
