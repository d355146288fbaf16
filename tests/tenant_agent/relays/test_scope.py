"""Which relays are for a mail."""

from collections import Counter

import pytest

from tenant_agent.relays.scope import by_weight, fallbacks, fitting, login_for
from tests.tenant_agent.mail_fixtures import new_token
from tests.tenant_agent.relays.relay_samples import envelope, relay


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"tenant_id": "ten_2"}, False),
        ({"tenant_id": None}, True),
        ({"domains": ("acme.test",)}, True),
        ({"domains": ("other.test",)}, False),
        ({"streams": ("broadcast",)}, False),
        ({"streams": ("broadcast", "transactional")}, True),
        ({"destinations": ("else.test",)}, True),
        ({"destinations": ("class:google",)}, True),
        ({"destinations": ("class:microsoft", "bulk.test")}, False),
        ({"domains": ("other.test",), "always_for": ("acme.test",)}, True),
    ],
)
def test_a_relay_is_for_what_its_scope_says(changes: dict[str, object], fits: bool) -> None:
    assert bool(fitting([relay(**changes)], envelope(), "else.test", "google")) is fits


def test_nobody_s_mail_leaves_by_a_relay_of_another_tenant() -> None:
    foreign = relay(tenant_id="ten_2", always_for=("acme.test",))
    assert fitting([foreign], envelope(), "else.test", "generic") == ()


def test_a_domain_that_was_switched_leaves_by_that_relay_alone() -> None:
    switched, other = relay("rly_1", mode="fallback", always_for=("acme.test",)), relay("rly_2")
    assert fitting([other, switched], envelope(), "else.test", "generic") == (switched,)
    assert fitting([other, switched], envelope(domain="b.test"), "else.test", "generic") == (other, switched)


def test_what_cannot_leave_by_its_relay_goes_by_one_that_is_for_when_nothing_else_can() -> None:
    switched, own = relay("rly_1", mode="fallback", always_for=("acme.test",)), relay("rly_2", mode="fallback")
    operators = relay("rly_3", tenant_id=None, mode="fallback")
    known = [switched, own, operators, relay("rly_4"), relay("rly_5", tenant_id="ten_2", mode="fallback")]
    assert fallbacks(known, envelope(), "else.test", "generic") == (own,), "never by the operator's behind its back"
    house_wide = [relay("rly_6", tenant_id=None), own, operators]
    assert fallbacks(house_wide, envelope(), "else.test", "generic") == (own, operators)


def test_a_login_is_for_one_server_and_ones_own_comes_before_the_operators() -> None:
    own, operators = relay("rly_1"), relay("rly_2", tenant_id=None)
    elsewhere = relay("rly_3", host="other.test")
    known = [operators, own, elsewhere]
    assert login_for(known, "[smtp.provider.test]:587", "ann@acme.test") == own
    assert login_for(known, "[other.test]:587", "ann@acme.test") == elsewhere
    assert login_for(known, "[smtp.provider.test]:25", "ann@acme.test") is None


def test_own_relays_come_before_the_operators_and_those_for_a_destination_before_those_for_all() -> None:
    operators, all_of_it, certain = (
        relay("rly_1", tenant_id=None),
        relay("rly_2"),
        relay("rly_3", destinations=("else.test",)),
    )
    assert fitting([operators, all_of_it, certain], envelope(), "else.test", "generic") == (
        certain,
        all_of_it,
        operators,
    )


def test_deliveries_are_spread_by_weight() -> None:
    relays = [relay("rly_1", weight=3), relay("rly_2", weight=1)]
    chosen = Counter(found.relay_id for _ in range(2000) if (found := by_weight(relays, new_token())))
    assert 0.7 < chosen["rly_1"] / 2000 < 0.8


def test_the_same_delivery_gets_the_same_relay_again() -> None:
    relays, token = [relay("rly_1"), relay("rly_2")], new_token()
    assert by_weight(relays, token) == by_weight(relays, token)
    assert by_weight([], token) is None
