"""The set in force: the product's, with the operator's changes on top; what makes no sense is named by its path."""

import msgspec
import pytest

from control_plane.core.errors import Invalid
from control_plane.shaping.merge import defaults, merged
from control_plane.shaping.schemas import ProviderClass, ReplyRule, ShapingChanges
from tenant_agent import wire


def rule(name: str = "own", **more: object) -> ReplyRule:
    return ReplyRule(**({"name": name, "pattern": "busy", "action": "suspend"} | more))  # type: ignore[arg-type]


def faults(changes: ShapingChanges) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        merged(changes)
    return {error.path: error.message for error in refused.value.errors}


def test_the_products_set_has_each_large_provider_and_the_rest() -> None:
    names = {each.name for each in defaults().classes}
    assert {"google", "yahoo", "outlook", "office365", "apple", "comcast", "orange", "mimecast", "gmx"} <= names
    assert {"yahoo-jp", "qq", "netease", "kpn", "barracuda", wire.GENERIC} <= names


def test_the_products_set_stands_up_to_its_own_checks() -> None:
    found = merged(ShapingChanges(classes=defaults().classes, rules=defaults().rules))
    assert found == defaults()
    assert merged(ShapingChanges()) == defaults()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("gmail-smtp-in.l.google.com", "google"),
        ("mta5.am0.yahoodns.net", "yahoo"),
        ("outlook-com.olc.protection.outlook.com", "outlook"),
        ("acme-test.mail.protection.outlook.com", "office365"),
        ("acme.a-v1.mx.microsoft", "office365-dane"),
        ("mx01.mail.icloud.com", "apple"),
        ("mx00.gmx.net", "gmx"),
        ("mx-ha02.web.de", "gmx"),
        ("smtp-in.orange.fr", "orange"),
        ("eu-smtp-inbound-1.mimecast.com", "mimecast"),
        ("mx.somebody.test", "generic"),
    ],
)
def test_mail_hosts_of_today_find_their_class(host: str, name: str) -> None:
    assert wire.Classes(defaults().as_item("default").classes).of("acme.test", [host]).name == name


def test_a_class_and_a_rule_of_the_same_name_take_the_others_place() -> None:
    google = ProviderClass(name="google", mx_suffixes=(".google.com",), connections=1)
    changed = rule("any-put-off", pattern="not now")
    found = merged(ShapingChanges(classes=(google,), rules=(changed,)))
    assert [each for each in found.classes if each.name == "google"] == [google]
    places = [each.name for each in defaults().rules]
    assert [each.name for each in found.rules] == places
    assert found.rules[places.index("any-put-off")] == changed


def test_a_new_rule_is_tried_before_the_products() -> None:
    assert merged(ShapingChanges(rules=(rule("first"), rule("second")))).rules[:2] == (rule("first"), rule("second"))


def test_what_is_left_out_is_not_there() -> None:
    found = merged(ShapingChanges(without_classes=("kpn",), without_rules=("any-put-off",)))
    assert "kpn" not in {each.name for each in found.classes}
    assert "any-put-off" not in {each.name for each in found.rules}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (ShapingChanges(rules=(rule(provider="gmail"),)), "changes.rules[0].provider"),  # the class is `google`
        (ShapingChanges(rules=(rule(), rule())), "changes.rules[1].name"),
        (ShapingChanges(rules=(rule(pattern="(a+)+"),)), "changes.rules[0].pattern"),
        (ShapingChanges(rules=(rule(action="slow"),)), "changes.rules[0].per_minute"),
        (ShapingChanges(rules=(rule(per_minute=3.0),)), "changes.rules[0].action"),
        (ShapingChanges(classes=(ProviderClass(name="a"), ProviderClass(name="a"))), "changes.classes[1].name"),
        (
            ShapingChanges(classes=(ProviderClass(name="mine", mx_suffixes=(".x.test", ".google.com")),)),
            "changes.classes[0].mx_suffixes[1]",
        ),
        (
            ShapingChanges(
                classes=(ProviderClass(name="a", domains=("x.test",)), ProviderClass(name="b", domains=("x.test",)))
            ),
            "changes.classes[1].domains[0]",
        ),
        (ShapingChanges(without_rules=("no-such",)), "changes.without_rules[0]"),
        (ShapingChanges(without_classes=("generic",)), "changes.without_classes[0]"),
        (ShapingChanges(without_classes=("google",)), "changes.without_classes"),  # rules are about it
        (ShapingChanges(without_rules=("any-listed",), rules=(rule("any-listed"),)), "changes.without_rules[0]"),
    ],
)
def test_what_makes_no_sense_is_named_by_its_path(changes: ShapingChanges, path: str) -> None:
    assert path in faults(changes)


@pytest.mark.parametrize(
    "text",
    [
        '{"classes": [{"name": "UPPER"}]}',
        '{"classes": [{"name": "a-name-that-is-far-too-long-for-a-transport"}]}',
        '{"classes": [{"name": "a", "connections": 0}]}',
        '{"classes": [{"name": "a", "per_minute": -1}]}',
        '{"classes": [{"name": "a", "per_minute": 1e999}]}',
        '{"classes": [{"name": "a", "mx_suffixes": ["x y"]}]}',
        '{"classes": [{"name": "a", "tls": "never"}]}',
        '{"rules": [{"name": "a", "pattern": "x", "action": "shout"}]}',
        '{"rules": [{"name": "a", "pattern": "x", "action": "bounce", "threshold": 0}]}',
        '{"rules": [{"name": "a", "pattern": "x", "action": "bounce", "for_seconds": 99999999}]}',
        '{"rules": [{"name": "a\\n", "pattern": "x", "action": "bounce"}]}',
        '{"colour": "red"}',
    ],
)
def test_impossible_numbers_and_names_are_not_read(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(text, type=ShapingChanges)
