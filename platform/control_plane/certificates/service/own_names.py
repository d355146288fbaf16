"""Names that are a tenant's though they are below no mail domain: an agency's host name, the platform's and the nodes'.

Whether they lead to us is looked up in DNS each time; no answer is no news.
"""

from collections.abc import Sequence
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
from control_plane.nodes.schemas import Node
from control_plane.settings import Settings

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
    return {name: own for typed, own in found.items() if (name := _orderable(typed)) is not None}


async def retired(means: Means) -> set[str]:
    """Name the nodes of the bound tenant that are no more: nothing is served under these names, whoever's they are."""
    if not means.runtime.settings.acme.own_names or not await _is_root(means):
        return set()
    async with means.runtime.db.fleet_tx() as tx:
        gone = await nodes.retired_hosts(tx)
    return {name for typed in gone if (name := _orderable(typed)) is not None}


async def _brand_host(means: Means) -> dict[str, OwnName]:
    brand = await agencies.own_brand(means.runtime.db, means.runtime.settings)
    if brand is None or brand.host_proven_at is None:
        return {}
    fronts = [await _addresses(means.resolver, host) for host in _front_hosts(means.runtime.settings)]
    found = await _addresses(means.resolver, brand.host)
    targets = {address for front in fronts for address in front or ()}
    leads = None if found is None or None in fronts else bool(found) and found <= targets
    return {brand.host: OwnName(place="front", leads_to_us=leads)}


async def _is_root(means: Means) -> bool:
    async with means.runtime.db.fleet_tx() as tx:
        return await tenants.root_operator(tx.connection) == bound_tenant()


async def _platform_names(means: Means) -> dict[str, OwnName]:
    hosts = _front_hosts(means.runtime.settings)
    found = {host: OwnName(place="front", leads_to_us=await _exists(means.resolver, host)) for host in hosts}
    return found | await _node_names(means)


def _front_hosts(settings: Settings) -> set[str]:
    """Name the web front: an agency's host name leads to the one, domains' sites to the other."""
    return {urlsplit(settings.public_url).hostname or "", settings.site_host} - {""}


async def _node_names(means: Means) -> dict[str, OwnName]:
    takers = [node for node in await _nodes(means) if {"mx", "mailbox"} & set(node.roles)]
    addresses = {node.service_address for node in takers}
    settings = means.runtime.settings
    hosts = {node.hostname: {node.service_address} for node in takers}
    hosts |= {host: addresses for host in (settings.mail_host, settings.client_host) if addresses}
    return {host: await _on_node(means.resolver, host, targets) for host, targets in hosts.items()}


async def _nodes(means: Means) -> Sequence[Node]:
    async with means.runtime.db.fleet_tx() as tx:
        return (await nodes.list_nodes(tx, None, _MOST_NODES, retired=False)).data


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


def _orderable(typed: str) -> str | None:
    """Give the stored form of a name as it is in the settings; None for what is no public name."""
    try:
        return names.normalise(typed)
    except NotADomain:
        return None
