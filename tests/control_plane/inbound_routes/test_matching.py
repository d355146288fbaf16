from uuid import UUID

import pytest

from control_plane.inbound_routes.matching import Rule, choose, plain


def rule(number: int, **what: object) -> Rule:
    return Rule(route_id=UUID(int=number), **{"priority": 100, **what})  # type: ignore[arg-type]


SUPPORT = rule(1, match_type="address", domain="acme.test", address="support@acme.test")
EVERYBODY = rule(2, match_type="domain", domain="acme.test", priority=200)
BELOW = rule(3, match_type="subdomains", domain="acme.test")
INVOICES = rule(4, match_type="header", header_name="subject", header_pattern="*invoice*", priority=10)
ALL = (SUPPORT, EVERYBODY, BELOW, INVOICES)


@pytest.mark.parametrize(
    ("recipient", "subject", "winner"),
    [
        ("support@acme.test", "Hello", SUPPORT),
        ("Support+order-7@ACME.test", "Hello", SUPPORT),  # whatever the detail and the capitals
        ("bob@acme.test", "Hello", EVERYBODY),
        ("bob@acme.test", "Invoice 7", INVOICES),  # asked first
        ("bob@a.b.acme.test", "Hello", BELOW),
        ("bob@xacme.test", "Hello", None),
        ("bob@xacme.test", "Invoice 7", None),  # a header lets nobody in
    ],
)
def test_the_first_that_fits_wins(recipient: str, subject: str, winner: Rule | None) -> None:
    assert choose(ALL, recipient, (("Subject", subject),)).winner == winner


def test_among_equals_the_oldest_wins() -> None:
    younger = rule(9, match_type="domain", domain="acme.test", priority=200)
    assert choose((younger, EVERYBODY), "bob@acme.test", ()).winner == EVERYBODY


def test_one_that_is_switched_off_is_passed_over_and_lets_nobody_in() -> None:
    off = rule(1, match_type="domain", domain="acme.test", enabled=False)
    verdict = choose((off,), "bob@acme.test", ())
    assert (verdict.winner, verdict.taken) == (None, False)
    assert verdict.considered[0].why == "It is switched off."


def test_each_route_says_why_it_fits_or_not() -> None:
    verdict = choose(ALL, "bob@acme.test", (("X", "y"),))
    assert [each.why for each in verdict.considered] == [
        "There is no header subject.",
        "The recipient is not support@acme.test.",
        "The recipient is not at a name below acme.test.",
        "The recipient is at acme.test.",
    ]


@pytest.mark.parametrize(
    ("address", "expected"), [("Ann+x+y@ACME.test", "ann@acme.test"), ("ann@acme.test", "ann@acme.test")]
)
def test_an_address_without_detail(address: str, expected: str) -> None:
    assert plain(address) == expected
