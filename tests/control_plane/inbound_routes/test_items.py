from uuid import UUID

from control_plane.inbound_routes.items import items_of
from control_plane.inbound_routes.matching import Rule
from tenant_agent import wire

PROVEN = {"acme.test"}


def rule(**what: object) -> Rule:
    return Rule(route_id=UUID(int=1), priority=1, **what)  # type: ignore[arg-type]


def test_a_domains_routes_make_one_item_and_each_address_its_own() -> None:
    rules = [
        rule(match_type="domain", domain="acme.test"),
        rule(match_type="subdomains", domain="acme.test"),
        rule(match_type="address", domain="acme.test", address="support@acme.test"),
    ]
    assert items_of(rules, PROVEN) == {
        "acme.test": wire.InboundItem(name="acme.test", hosted=True, everyone=True, subdomains=True),
        "support@acme.test": wire.InboundItem(name="support@acme.test"),
    }


def test_a_name_below_a_proven_domain_has_no_mailboxes() -> None:
    rules = [rule(match_type="address", domain="reply.acme.test", address="a@reply.acme.test")]
    assert items_of(rules, PROVEN)["reply.acme.test"] == wire.InboundItem(name="reply.acme.test", hosted=False)


def test_what_is_not_proven_or_switched_off_or_about_headers_is_not_told() -> None:
    rules = [
        rule(match_type="domain", domain="else.test"),
        rule(match_type="domain", domain="xacme.test"),
        rule(match_type="domain", domain="acme.test", enabled=False),
        rule(match_type="header", header_name="subject", header_pattern="*"),
    ]
    assert items_of(rules, PROVEN) == {}
