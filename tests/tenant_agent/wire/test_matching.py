"""What shaping means, on nodes and in what-ifs alike."""

import pytest

from tenant_agent import wire

_CLASSES = wire.Classes(
    (
        wire.ProviderClass(name="google", mx_suffixes=(".google.com", ".googlemail.com")),
        wire.ProviderClass(name="mimecast", mx_suffixes=(".mimecast.com",)),
        wire.ProviderClass(name="special", mx_suffixes=(".out.google.com", "mx.lone.test"), domains=("vip.test",)),
    )
)


def shaping(*rules: wire.ReplyRule) -> wire.ShapingItem:
    return wire.ShapingItem(release="default", classes=(wire.ProviderClass(name="generic"),), rules=rules)


def suspend(name: str = "listed", **more: object) -> wire.ReplyRule:
    return wire.ReplyRule(name=name, pattern="listed", action="suspend", for_seconds=60, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("domain", "hosts", "name"),
    [
        ("acme.test", ["aspmx.l.google.com"], "google"),
        ("acme.test", ["ASPMX.L.Google.COM."], "google"),  # as DNS writes it
        ("acme.test", ["a.out.google.com"], "special"),  # the longest suffix
        ("acme.test", ["google.com"], "generic"),  # a suffix with a dot means what is below
        ("acme.test", ["notgoogle.com"], "generic"),
        ("acme.test", ["mx.lone.test"], "special"),  # without a dot: that very host
        ("acme.test", ["a.mx.lone.test"], "generic"),
        ("acme.test", ["mx.own.test", "eu.mimecast.com"], "mimecast"),  # the first that has a class
        ("VIP.test", ["aspmx.l.google.com"], "special"),  # the domain counts before its hosts
        ("acme.test", [], "generic"),
        ("acme.test", [""], "generic"),
    ],
)
def test_a_destination_belongs_to_the_class_of_its_domain_or_its_hosts(
    domain: str, hosts: list[str], name: str
) -> None:
    assert _CLASSES.of(domain, hosts).name == name


def test_a_class_that_is_not_known_is_generic() -> None:
    assert _CLASSES.named("gone").name == wire.GENERIC


def test_the_first_rule_of_a_class_or_of_all_is_met() -> None:
    rules = wire.ReplyRules(
        (
            wire.ReplyRule(name="of-yahoo", provider="yahoo", pattern=r"\[TS\d+\]", action="suspend"),
            wire.ReplyRule(name="of-all", pattern=r"rate limited|\[ts", action="slow"),
            wire.ReplyRule(name="later", pattern="limited", action="bounce"),
        )
    )
    assert _name(rules.first("yahoo", "4.7.0", "421 4.7.0 [TS04] Messages deferred")) == "of-yahoo"
    assert _name(rules.first("google", "4.7.0", "421 [TS04]")) == "of-all"
    assert _name(rules.first("google", None, "Rate Limited")) == "of-all"
    assert rules.first("google", "5.1.1", "no such user") is None
    assert rules.first("google", None, None) is None


def test_a_reply_is_searched_up_to_a_length() -> None:
    rules = wire.ReplyRules((suspend(),))
    assert rules.first("google", None, "x" * wire.MOST_REPLY_CHARACTERS + "listed") is None


def test_a_threshold_is_reached_within_its_time_only() -> None:
    heard = wire.Reactions(shaping(suspend(threshold=3, within_seconds=10)))
    moments = [0, 6_000, 12_000, 15_000]
    assert [heard.hear("ip_1", "google", None, "listed", at) is not None for at in moments] == [
        False,
        False,
        False,  # the first was 12 s before
        True,
    ]


def test_addresses_and_classes_are_counted_apart() -> None:
    heard = wire.Reactions(shaping(suspend(threshold=2)))
    assert heard.hear("ip_1", "google", None, "listed", 0) is None
    assert heard.hear("ip_2", "google", None, "listed", 1) is None
    assert heard.hear("ip_1", "yahoo", None, "listed", 2) is None
    reaction = heard.hear("ip_1", "google", None, "listed", 3)
    assert reaction == wire.Reaction(ip_id="ip_1", provider="google", rule="listed", action="suspend", until_ms=60_003)


def test_of_those_that_have_no_class_none_speaks_for_the_others() -> None:
    heard, generic = wire.Reactions(shaping(suspend(threshold=2))), wire.ProviderClass(name="generic")
    for at_ms in range(2):
        heard.hear("ip_1", "generic", None, "listed", at_ms, domain="evil.test")
    assert heard.limits("ip_1", generic, 2, domain="evil.test").suspended_until_ms is not None
    assert heard.limits("ip_1", generic, 2, domain="acme.test").suspended_until_ms is None
    again = wire.Reactions(shaping(suspend(threshold=2)), heard.in_force(2))
    assert again.limits("ip_1", generic, 2, domain="evil.test").suspended_until_ms is not None
    assert [each.domain for each in again.in_force(2)] == ["evil.test"]


def test_a_class_is_one_whatever_its_domains() -> None:
    heard, google = wire.Reactions(shaping(suspend(threshold=2))), wire.ProviderClass(name="google")
    heard.hear("ip_1", "google", None, "listed", 0, domain="a.test")
    heard.hear("ip_1", "google", None, "listed", 1, domain="b.test")
    assert heard.limits("ip_1", google, 2, domain="c.test").suspended_until_ms is not None


def test_domains_without_end_are_not_all_remembered() -> None:
    heard = wire.Reactions(shaping(suspend()))
    for number in range(3_000):
        heard.hear("ip_1", "generic", None, "listed", number, domain=f"{number}.evil.test")
    assert len(heard.in_force(0)) == 1_000


def test_what_is_in_force_ends_and_lasts_longer_when_it_is_reached_again() -> None:
    heard, google = wire.Reactions(shaping(suspend())), wire.ProviderClass(name="google")
    heard.hear("ip_1", "google", None, "listed", 0)
    heard.hear("ip_1", "google", None, "listed", 30_000)
    assert heard.limits("ip_1", google, 89_999).suspended_until_ms == 90_000
    assert heard.limits("ip_1", google, 90_000).suspended_until_ms is None
    assert heard.limits("ip_2", google, 50_000).suspended_until_ms is None
    assert heard.in_force(90_000) == ()


def test_the_strictest_of_what_is_in_force_counts() -> None:
    heard = wire.Reactions(
        shaping(
            wire.ReplyRule(name="a", pattern="a", action="slow", per_minute=10, connections=3),
            wire.ReplyRule(name="b", pattern="b", action="slow", per_minute=1),
        )
    )
    heard.hear("ip_1", "google", None, "a", 0)
    heard.hear("ip_1", "google", None, "b", 0)
    found = heard.limits("ip_1", wire.ProviderClass(name="google", connections=5, per_minute=60), 1)
    assert (found.per_minute, found.connections, found.rules) == (1, 3, ("a", "b"))
    untouched = heard.limits("ip_1", wire.ProviderClass(name="yahoo"), 1)
    assert (untouched.per_minute, untouched.connections, untouched.rules) == (None, 10, ())


def test_a_bounce_concerns_one_delivery_and_does_not_last() -> None:
    heard = wire.Reactions(shaping(wire.ReplyRule(name="gone", pattern="no such user", action="bounce")))
    reaction = heard.hear("ip_1", "google", "5.1.1", "no such user", 7)
    assert reaction is not None
    assert reaction.until_ms == 7
    assert heard.in_force(7) == ()


def test_with_other_rules_what_is_in_force_goes_on_if_its_rule_is_still_there() -> None:
    heard = wire.Reactions(shaping(suspend("stays"), wire.ReplyRule(name="goes", pattern="b", action="slow")))
    heard.hear("ip_1", "google", None, "listed", 0)
    heard.hear("ip_1", "google", None, "b", 0)
    after = wire.Reactions(shaping(suspend("stays")), heard.in_force(1))
    assert [each.rule for each in after.in_force(1)] == ["stays"]


def _name(rule: wire.ReplyRule | None) -> str | None:
    return None if rule is None else rule.name
