"""What is fit to be followed of how mail is to leave."""

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.identifiers import Unfit
from tenant_agent.sending import check_shaping, check_warmup, gathered
from tenant_agent.transports import PLAIN

GOOGLE = wire.ProviderClass(name="google", mx_suffixes=(".google.com", "aspmx.l.google.com"))
RULE = wire.ReplyRule(name="slow-down", provider="google", pattern="4.7.28", action="slow", per_minute=10)


def shaping(*classes: wire.ProviderClass, rules: tuple[wire.ReplyRule, ...] = ()) -> wire.ShapingItem:
    return wire.ShapingItem(release="r", classes=classes, rules=rules)


def test_a_good_set_is_taken() -> None:
    check_shaping(shaping(GOOGLE, rules=(RULE, msgspec.structs.replace(RULE, provider=""))))


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (shaping(GOOGLE, GOOGLE), "one name"),
        (shaping(wire.ProviderClass(name="Goo gle")), "not the name of a class"),
        (shaping(wire.ProviderClass(name="a--b")), "not the name of a class"),
        (shaping(wire.ProviderClass(name="a" * 21)), "not the name of a class"),
        (shaping(wire.ProviderClass(name="x\n  -o { relayhost = evil }")), "not the name of a class"),
        (shaping(wire.ProviderClass(name="x", mx_suffixes=("*.x.test",))), "not a host"),
        (shaping(wire.ProviderClass(name="x", connections=0)), "connections"),
        (shaping(wire.ProviderClass(name="x", connections=10**6)), "connections"),
        (shaping(wire.ProviderClass(name="x", messages_per_connection=0)), "per connection"),
        (shaping(wire.ProviderClass(name="x", per_minute=float("nan"))), "per minute"),
        (shaping(wire.ProviderClass(name="x", per_minute=-1)), "per minute"),
        (shaping(GOOGLE, rules=(msgspec.structs.replace(RULE, provider="gmail"),)), "'gmail', which there is not"),
        (shaping(GOOGLE, rules=(msgspec.structs.replace(RULE, pattern="("),)), "cannot be read"),
        (shaping(GOOGLE, rules=(msgspec.structs.replace(RULE, pattern="a" * 501),)), "too long"),
        (shaping(GOOGLE, rules=(msgspec.structs.replace(RULE, threshold=0),)), "threshold"),
        (shaping(GOOGLE, rules=(msgspec.structs.replace(RULE, for_seconds=-5),)), "seconds"),
    ],
)
def test_what_postfix_or_a_mail_would_suffer_from_is_refused_whole(item: wire.ShapingItem, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        check_shaping(item)


@pytest.mark.parametrize(
    "caps",
    [{}, {"google": wire.Cap(1, 1)}, {"generic": wire.Cap(-1, 1)}, {"generic": wire.Cap(1, 1), "A": wire.Cap(1, 1)}],
)
def test_caps_that_make_no_sense_are_refused(caps: dict[str, wire.Cap]) -> None:
    with pytest.raises(Unfit):
        check_warmup(wire.WarmupItem(ip_id="ip_1", address="10.77.1.11", step=1, caps=caps))


def test_items_are_sorted_by_their_kind() -> None:
    warmup = wire.WarmupItem(ip_id="ip_1", address="10.77.1.11", step=1, caps={"generic": wire.Cap(300, 60)})
    found = gathered([warmup, None], PLAIN)
    assert (found.warmups, found.relays, found.shaping) == ((warmup,), (), PLAIN)
