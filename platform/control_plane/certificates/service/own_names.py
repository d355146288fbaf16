"""Names that are a tenant's though they are below no mail domain: an agency's host name, the platform's and the nodes'.

Whether they lead to us is looked up in DNS each time; no answer is no news.
"""

from urllib.parse import urlsplit

import msgspec

from control_plane.agencies import service as agencies
from control_plane.certificates import names
from control_plane.certificates.queries import tenants
from control_plane.certificates.queries.certificates import Place
from control_plane.certificates.service.means import Means
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains.names import NotADomain
from control_plane.mail_domains.resolver import Resolver
from control_plane.nodes import service as nodes

_MOST_NODES = 500


class OwnName(msgspec.Struct, frozen=True, kw_only=True):
    """A name, where it is served, and whether it leads there; None: DNS did not say."""

    place: Place
    leads_to_us: bool | None


async def find(means: Means) -> dict[str, OwnName]:
    """Find the bound tenant's."""
    found = await _brand_host(means)
    if means.runtime.settings.acme.own_names and await _is_root(means):
        found = found | await _platform_names(means)
    return {name: own for name, own in found.items() if _is_orderable(name)}


async def _brand_host(means: Means) -> dict[str, OwnName]:
    brand = await agencies.own_brand(means.runtime.db, means.runtime.settings)
    if brand is None or brand.host_proven_at is None:
        return {}
    targets = await _addresses(means.resolver, means.runtime.settings.site_host)
    found = await _addresses(means.resolver, brand.host)
    leads = None if targets is None or found is None else bool(found) and found <= targets
    return {brand.host: OwnName(place="front", leads_to_us=leads)}


async def _is_root(means: Means) -> bool:
    async with means.runtime.db.fleet_tx() as tx:
        return await tenants.root_operator(tx.connection) == bound_tenant()


async def _platform_names(means: Means) -> dict[str, OwnName]:
    settings = means.runtime.settings
    hosts = {urlsplit(settings.public_url).hostname or "", settings.site_host}
    found = {host: OwnName(place="front", leads_to_us=await _exists(means.resolver, host)) for host in hosts if host}
    return found | await _node_names(means)


async def _node_names(means: Means) -> dict[str, OwnName]:
    async with means.runtime.db.fleet_tx() as tx:
        listed = await nodes.list_nodes(tx, None, _MOST_NODES)
    takers = [node for node in listed.data if {"mx", "mailbox"} & set(node.roles) and node.status != "retired"]
    addresses = {node.service_address for node in takers}
    settings = means.runtime.settings
    hosts = {node.hostname: {node.service_address} for node in takers}
    hosts |= {host: addresses for host in (settings.mail_host, settings.client_host) if addresses}
    return {host: await _on_node(means.resolver, host, targets) for host, targets in hosts.items()}


async def _on_node(resolver: Resolver, host: str, targets: set[str]) -> OwnName:
    found = await _addresses(resolver, host)
    return OwnName(place="node", leads_to_us=None if found is None else bool(found) and found <= targets)


async def _exists(resolver: Resolver, host: str) -> bool | None:
    found = await _addresses(resolver, host)
    return None if found is None else bool(found)


async def _addresses(resolver: Resolver, host: str) -> set[str] | None:
    """Look up all addresses of a host; None if DNS does not say."""
    answers = [await resolver.lookup(host, kind) for kind in ("A", "AAAA")]
    if any(answer.problem is not None for answer in answers):
        return None
    return {value for answer in answers for value in answer.values}


def _is_orderable(name: str) -> bool:
    try:
        return names.normalise(name) == name
    except NotADomain:
        return False
