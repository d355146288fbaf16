"""Pools of sending addresses: which pool a stream's mail leaves by, which addresses a node has."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeAlias
from uuid import UUID

import structlog

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, TenantId, encode, new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.core.ttl_cache import TtlCache
from control_plane.ip_pools import queries
from control_plane.ip_pools.errors import AddressInUse, NoPool
from control_plane.ip_pools.life import IpStatus
from control_plane.ip_pools.schemas import STREAMS, Ip, NewIp, Pool, PoolId, Stream
from tenant_agent import wire

_log = structlog.get_logger()

PREFIX = "pool"
IP_PREFIX = "ip"

NodesStatus: TypeAlias = Literal["warming", "active", "draining", "quarantined"]
_AS_NODES_KNOW: Mapping[IpStatus, NodesStatus] = {
    "provisioning": "quarantined",
    "warming": "warming",
    "active": "active",
    "draining": "draining",
    "quarantined": "quarantined",
    "released": "quarantined",
}

_pools: TtlCache[tuple[TenantId, Stream], PoolId] = TtlCache(fresh_seconds=5)


def channel(pool_id: UUID) -> str:
    """Name the channel that is signalled when deliveries wait in a pool."""
    return f"pool:{pool_id}"


async def ensure_shared_pools(tx: Transaction) -> None:
    """Make the shared pool of each stream unless it is there (fleet role)."""
    for stream in STREAMS:
        await queries.insert_shared_pool(tx.connection, new_uuid(), stream)


async def pool_for(tx: Transaction, stream: Stream) -> PoolId:
    """Give the pool that the bound tenant's mail of a stream leaves by; up to 5 s old. Raises `NoPool`."""
    key = (bound_tenant(), stream)
    found = _pools.get(key) or await queries.pool_for(tx.connection, stream)
    if found is None:
        _log.warning("a stream has no pool: run `fleetpost bootstrap`", action="ip_pools.none", stream=stream)
        raise NoPool
    _pools.put(key, found)
    return found


async def own_pool(tx: Transaction, stream: Stream) -> PoolId | None:
    """Give the bound tenant's own default pool; None if it uses the shared one."""
    return await queries.own_pool(tx.connection, bound_tenant(), stream)


def forget_choice(tenant_id: UUID, stream: Stream) -> None:
    """Have this process look up anew which pool a tenant's mail leaves by; others do so within 5 s."""
    _pools.drop((TenantId(tenant_id), stream))


async def pools_of(tx: Transaction, node_id: NodeId) -> list[PoolId]:
    """Give the pools that a node has addresses of (fleet role)."""
    return await queries.pools_of(tx.connection, node_id, only_open=False)


async def open_pools_of(tx: Transaction, node_id: NodeId, stream: Stream | None = None) -> list[PoolId]:
    """Give the pools that a node takes work from now, of one stream or all, transactional ones first (fleet role)."""
    return await queries.pools_of(tx.connection, node_id, stream, only_open=True)


async def shared_pool_of(tx: Transaction, node_id: NodeId) -> str:
    """Give the pool on a node that anybody's transactional mail may leave by; empty if it has none (fleet role)."""
    found = await queries.shared_pool_of(tx.connection, node_id)
    return "" if found is None else encode(PREFIX, found)


async def pools(tx: Transaction, most: int) -> list[Pool]:
    """List pools with what they can send from now, those that cannot first (fleet role)."""
    return await queries.pools(tx.connection, most)


async def assign(tx: Transaction, node_id: NodeId, ips: Sequence[NewIp]) -> None:
    """Put addresses on a node (fleet role); raises `AddressInUse`."""
    await ensure_shared_pools(tx)
    ids, tenures = [new_uuid() for _ in ips], [new_uuid() for _ in ips]
    placed = await queries.upsert_ips(tx.connection, node_id, ids, tenures, ips)
    if placed != len(ips):
        raise AddressInUse


async def ips_of(tx: Transaction, *node_ids: NodeId) -> list[Ip]:
    """List the nodes' addresses (fleet role)."""
    return await queries.ips_of(tx.connection, node_ids)


async def known_addresses(tx: Transaction, addresses: Collection[str]) -> set[str]:
    """Find which of these addresses are or were ours (fleet role)."""
    return await queries.known_addresses(tx.connection, list(addresses))


def as_item(ip: Ip) -> wire.SendingIp:
    """Describe an address to its node."""
    return wire.SendingIp(
        ip_id=encode(IP_PREFIX, ip.id),
        address=ip.address,
        hostname=ip.hostname,
        pool_id=encode(PREFIX, ip.pool_id),
        status=_as_nodes_know(ip),
        weight=1 if ip.standby else ip.weight,
    )


def _as_nodes_know(ip: Ip) -> NodesStatus:
    """Say what a node is to do with an address: one that is not ready takes no mail.

    One that stands by is warmed up as any other; then it takes mail on some days alone, within caps, to be kept warm.
    """
    if ip.standby and ip.status == "active":
        return "warming" if ip.keeps_warm else "draining"
    return _AS_NODES_KNOW[ip.status]


async def sending_addresses(
    tx: Transaction, tenant_ids: Collection[TenantId], most: int
) -> dict[TenantId, list[tuple[str, str]]]:
    """Give for each tenant some addresses that its mail leaves from, with their host names (fleet role)."""
    found: dict[TenantId | None, dict[tuple[str, str], None]] = {}
    for row in await queries.sending(tx.connection, list(tenant_ids), most):
        found.setdefault(row["tenant_id"], {})[row["address"], row["hostname"]] = None
    shared = list(found.get(None, {}))
    return {tenant_id: (list(found.get(tenant_id, {})) or shared)[:most] for tenant_id in tenant_ids}
