import time
from uuid import UUID

import pytest

from control_plane.inbound_routes.globs import MOST_PATTERN, MOST_TEXT
from control_plane.inbound_routes.matching import Rule, choose, plain
from control_plane.inbound_routes.matching import winner as winner_of


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
    assert winner_of(ALL, recipient, (("Subject", subject),)) == winner


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


def many(pattern: str) -> list[Rule]:
    """As many routes as a tenant may have, and one that takes what they do not."""
    wanted = {"match_type": "header", "header_name": "x", "header_pattern": pattern, "priority": 1}
    return [*(rule(number, **wanted) for number in range(10, 510)), EVERYBODY]


def test_routes_without_number_cost_no_more_than_so_many_steps() -> None:
    hostile = many("*" + "a?" * (MOST_PATTERN // 2 - 1) + "b")
    headers = [("X", "a" * MOST_TEXT + str(number)) for number in range(256)]
    headers += [("x", "a" * (MOST_TEXT - number)) for number in range(256)]
    started = time.perf_counter()
    verdict = choose(hostile, "bob@acme.test", headers)
    assert verdict.winner == winner_of(hostile, "bob@acme.test", headers) == EVERYBODY
    assert verdict.considered[-2].why == "The header x was not looked at to the end: there is too much to compare."
    assert time.perf_counter() - started < 2


def test_what_people_ask_for_is_looked_at_to_the_end() -> None:
    headers = [("X", f"Order {number} of a shop with a name that is rather long") for number in range(20)]
    verdict = choose(many("*invoice*"), "bob@acme.test", headers)
    assert {each.why for each in verdict.considered[:-1]} == {"The header x does not fit *invoice*."}


def test_once_one_fits_no_other_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr("control_plane.inbound_routes.matching.Glob", lambda pattern, _: looked_at.append(pattern))
    assert (
        winner_of(
            (SUPPORT, rule(5, match_type="header", header_name="subject", header_pattern="*", priority=300)),
            "support@acme.test",
            (("Subject", "x"),),
        )
        == SUPPORT
    )
    assert winner_of((INVOICES,), "nobody@else.test", (("Subject", "invoice"),)) is None
    assert looked_at == []


@pytest.mark.parametrize(
    ("address", "expected"), [("Ann+x+y@ACME.test", "ann@acme.test"), ("ann@acme.test", "ann@acme.test")]
)
def test_an_address_without_detail(address: str, expected: str) -> None:
    assert plain(address) == expected
