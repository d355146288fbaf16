"""What nodes are told so that they take the mail that routes want: a pure decision."""

from collections.abc import Collection, Iterable

from control_plane.inbound_routes.matching import Rule
from control_plane.mail_domains import names
from tenant_agent import wire


def items_of(rules: Iterable[Rule], proven: Collection[str]) -> dict[str, wire.InboundItem]:
    """Give the items by their names: one for each domain, and one for each address."""
    wanted = [rule for rule in rules if rule.enabled and rule.domain and is_below(rule.domain, proven)]
    domains = {rule.domain for rule in wanted if rule.domain}
    items = {rule.address: wire.InboundItem(name=rule.address) for rule in wanted if rule.address}
    for domain in sorted(domains):
        kinds = {rule.match_type for rule in wanted if rule.domain == domain}
        items[domain] = wire.InboundItem(
            name=domain, hosted=domain in proven, everyone="domain" in kinds, subdomains="subdomains" in kinds
        )
    return items


def is_below(domain: str, proven: Collection[str]) -> bool:
    """Say whether a name is a proven domain or lies in one."""
    return any(name in proven for name in (domain, *names.above(domain)))
