"""The SQL of pools as they are managed (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.ip_pools.schemas import PoolId, PoolKind, Stream

_POOLS = "select id, tenant_id, name, kind, stream, is_default, created_at from ip_pools"


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pool as it is stored."""

    id: PoolId
    tenant_id: UUID | None
    name: str
    kind: PoolKind
    stream: Stream
    is_default: bool
    created_at: datetime


async def insert(connection: Connection, row: PoolRow) -> None:
    """Store a new pool."""
    await connection.execute(
        """insert into ip_pools (id, tenant_id, name, kind, stream, is_default, created_at)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        row.id,
        row.tenant_id,
        row.name,
        row.kind,
        row.stream,
        row.is_default,
        row.created_at,
    )


async def find(connection: Connection, pool_id: UUID) -> PoolRow | None:
    """Find a pool."""
    return _row(await connection.fetchrow(_POOLS + " where id = $1", pool_id))


async def lock(connection: Connection, pool_id: UUID) -> PoolRow | None:
    """Find a pool and keep others from changing it."""
    return _row(await connection.fetchrow(_POOLS + " where id = $1 for update", pool_id))


async def page(connection: Connection, owner: UUID | None, after: UUID | None, limit: int) -> list[PoolRow]:
    """List all pools, or the owner's, oldest first."""
    rows = await connection.fetch(
        _POOLS + " where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id > $2) order by id limit $3",
        owner,
        after,
        limit,
    )
    return [PoolRow(**row) for row in rows]


async def members(connection: Connection, pool_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """List what is in these pools."""
    return await connection.fetch(
        """select pool_id, id, host(address) as address, hostname, status, standby from ips
           where pool_id = any ($1) and status <> 'released' order by id""",
        pool_ids,
    )


async def rename(connection: Connection, pool_id: UUID, name: str) -> None:
    """Give a pool another name."""
    await connection.execute("update ip_pools set name = $2 where id = $1", pool_id, name)


async def make_default(connection: Connection, row: PoolRow) -> None:
    """Make a pool its owner's default in place of the one that was."""
    await connection.execute(
        """update ip_pools set is_default = false
           where tenant_id is not distinct from $1 and stream = $2 and is_default""",
        row.tenant_id,
        row.stream,
    )
    await connection.execute("update ip_pools set is_default = true, is_told = tenant_id is null where id = $1", row.id)


async def untold(connection: Connection, limit: int) -> list[tuple[UUID, UUID]]:
    """List pools that became their tenants' default and that nodes do not know of: pool and tenant."""
    rows = await connection.fetch(
        """select p.id, p.tenant_id from ip_pools p join tenants t on t.id = p.tenant_id
           where not p.is_told and t.emptied_at is null order by p.id limit $1""",
        limit,
    )
    return [(row["id"], row["tenant_id"]) for row in rows]


async def mark_told(connection: Connection, pool_id: UUID) -> None:
    """Note that the nodes know of a pool."""
    await connection.execute("update ip_pools set is_told = true where id = $1", pool_id)


async def delete_unused(connection: Connection, pool_id: UUID) -> bool:
    """Delete a pool that never had an address and is no default; says whether it did."""
    deleted = await connection.fetchval(
        """delete from ip_pools p where p.id = $1 and not p.is_default
             and not exists (select from ips where pool_id = p.id)
             and not exists (select from ip_tenures where pool_id = p.id)
           returning true""",
        pool_id,
    )
    return bool(deleted)


async def tenant_name(connection: Connection, tenant_id: UUID) -> str | None:
    """Give a living tenant's name."""
    found: str | None = await connection.fetchval(
        "select name from tenants where id = $1 and emptied_at is null", tenant_id
    )
    return found


async def node_exists(connection: Connection, node_id: UUID) -> bool:
    """Say whether there is such a node, and that it is not retired."""
    return bool(await connection.fetchval("select true from nodes where id = $1 and status <> 'retired'", node_id))


def _row(found: asyncpg.Record | None) -> PoolRow | None:
    return None if found is None else PoolRow(**found)
