"""The SQL of single addresses and their lives (fleet role)."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.ip_pools.life import IpStatus
from control_plane.ip_pools.schemas import IpFilters, PoolId, Stream

_IPS = """
select i.id, i.node_id, i.pool_id, p.tenant_id as owner, i.stream, host(i.address) as address, i.hostname, i.status,
  i.status_since, i.reason, i.quarantined_for, i.weight, i.standby, i.warm_at, i.cool_until, i.checked_at, i.findings,
  i.created_at, n.status as node_status, n.last_seen_at,
  (n.heartbeat -> 'addresses' ->> host(i.address))::bool as is_bound,
  coalesce((select sum(value::int) from jsonb_each_text(n.heartbeat -> 'queue')), 0)::int as queued
from ips i join nodes n on n.id = i.node_id join ip_pools p on p.id = i.pool_id"""

_PAGE = f"""{_IPS}
where ($1::uuid is null or i.id > $1) and ($2::text is null or i.status = $2)
  and ($3::uuid is null or i.pool_id = $3) and ($4::uuid is null or i.node_id = $4)
order by i.id limit $5"""

_SAVED = (
    "pool_id", "node_id", "hostname", "status", "status_since", "reason", "quarantined_for", "weight", "standby",
    "warm_at", "cool_until",
)  # fmt: skip

_SAVE = f"update ips set {', '.join(f'{name} = ${place}' for place, name in enumerate(_SAVED, 2))} where id = $1"  # noqa: S608  made of our own constants

_DUE = """
update ips i set next_check_at = $2 from (
  select id from ips where next_check_at <= $1 and status <> 'released' order by next_check_at limit $3
  for update skip locked
) due where i.id = due.id returning i.id"""


class IpRow(msgspec.Struct, frozen=True, kw_only=True):
    """An address as it is stored, with what matters of its node."""

    id: UUID
    node_id: NodeId
    pool_id: PoolId
    owner: UUID | None
    """The tenant whose pool it is in; None: a shared one."""
    stream: Stream
    address: str
    hostname: str
    status: IpStatus
    status_since: datetime
    reason: str
    quarantined_for: str | None
    weight: int
    standby: bool
    warm_at: datetime | None
    cool_until: datetime | None
    checked_at: datetime | None
    findings: str
    created_at: datetime
    node_status: str
    last_seen_at: datetime | None
    is_bound: bool | None
    """Whether its node has it; None: it has not said."""
    queued: int
    """Mails in its node's queue, by whichever address."""


async def insert(connection: Connection, row: IpRow) -> bool:
    """Store a new address; False if it is known."""
    return bool(
        await connection.fetchval(
            """insert into ips (id, pool_id, node_id, address, hostname, status, status_since, weight, standby)
               values ($1, $2, $3, $4::inet, $5, $6, $7, $8, $9) on conflict (address) do nothing returning true""",
            row.id,
            row.pool_id,
            row.node_id,
            row.address,
            row.hostname,
            row.status,
            row.status_since,
            row.weight,
            row.standby,
        )
    )


async def lock(connection: Connection, ip_id: UUID) -> IpRow | None:
    """Find an address and keep others from changing it."""
    return _row(await connection.fetchrow(_IPS + " where i.id = $1 for update of i", ip_id))


async def lock_address(connection: Connection, address: str) -> IpRow | None:
    """Find an address by what it is, and keep others from changing it."""
    return _row(await connection.fetchrow(_IPS + " where i.address = $1::inet for update of i", address))


async def find(connection: Connection, ip_id: UUID) -> IpRow | None:
    """Find an address."""
    return _row(await connection.fetchrow(_IPS + " where i.id = $1", ip_id))


async def find_by_address(connection: Connection, address: str) -> IpRow | None:
    """Find an address by what it is."""
    return _row(await connection.fetchrow(_IPS + " where i.address = $1::inet", address))


async def page(connection: Connection, filters: IpFilters, after: UUID | None, limit: int) -> list[IpRow]:
    """List addresses, oldest first."""
    wanted = filters.status, filters.pool_id, filters.node_id
    return [IpRow(**row) for row in await connection.fetch(_PAGE, after, *wanted, limit)]


async def lock_pool(connection: Connection, pool_id: UUID) -> list[IpRow]:
    """Lock all addresses of a pool in one order, so that who takes one out sees what is left."""
    rows = await connection.fetch(_IPS + " where i.pool_id = $1 order by i.id for update of i", pool_id)
    return [IpRow(**row) for row in rows]


async def owned_by(connection: Connection, tenant_id: UUID) -> list[IpRow]:
    """List the addresses in a tenant's own pools."""
    rows = await connection.fetch(_IPS + " where p.tenant_id = $1 and i.status <> 'released' order by i.id", tenant_id)
    return [IpRow(**row) for row in rows]


async def save(connection: Connection, row: IpRow) -> None:
    """Store what has changed of an address."""
    await connection.execute(_SAVE, row.id, *(getattr(row, name) for name in _SAVED))


async def claim_due(connection: Connection, now: datetime, pause: timedelta, limit: int) -> list[UUID]:
    """Take addresses whose records are to be looked up, and keep others off them for a while."""
    return [row["id"] for row in await connection.fetch(_DUE, now, now + pause, limit)]


async def save_findings(
    connection: Connection, ip_id: UUID, findings: str, checked_at: datetime, next_check_at: datetime
) -> None:
    """Write down what a check found."""
    await connection.execute(
        "update ips set findings = $2::jsonb, checked_at = $3, next_check_at = $4 where id = $1",
        ip_id,
        findings,
        checked_at,
        next_check_at,
    )


async def forget_findings(connection: Connection, ip_id: UUID, now: datetime) -> None:
    """Let an address be looked at as if for the first time."""
    await connection.execute(
        "update ips set findings = '[]', checked_at = null, next_check_at = $2 where id = $1", ip_id, now
    )


async def of_concern(connection: Connection, now: datetime) -> list[str]:
    """List the addresses that are used or cool down."""
    rows = await connection.fetch(
        "select host(address) as address from ips where status <> 'released' or cool_until > $1", now
    )
    return [row["address"] for row in rows]


def _row(found: asyncpg.Record | None) -> IpRow | None:
    return None if found is None else IpRow(**found)
