"""What waits and what is held, brought in line with what is paused (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_UNSETTLED = """
select tenant_id, stream, step, since from measures
where stream <> 'all' and (settled_at is null or step = 'paused' and settled_at < since + make_interval(secs => $1))
order by since limit $2"""

# What waits for a node, and what a limit held: a pause holds both, and counts as held what was not.
_HOLD = """
with waiting as (
  select d.id, d.status from deliveries d
  where d.tenant_id = $1 and d.pool_id = any ($2)
    and (d.status = 'accepted' and d.lease_id is null or d.status = 'held' and d.held_for = 'quota')
  limit $3 for update skip locked
), held as (
  update deliveries d set status = 'held', held_for = 'enforcement', parked_until = null
  from waiting where d.tenant_id = $1 and d.id = waiting.id returning waiting.status
), counted as (
  insert into usage as u (tenant_id, resource, window_start, used, own)
  select $1, 'messages_held', '-infinity', n, n from (select count(*) as n from held where status = 'accepted') fresh
  where n > 0
  on conflict (tenant_id, resource, window_start) do update
    set used = u.used + excluded.used, own = u.own + excluded.own
)
select count(*) from held"""

# Taken before the deliveries, as everybody does who counts them: then nobody waits for one who waits for them.
_COUNTER = """
insert into usage as u (tenant_id, resource, window_start, used, own) values ($1, 'messages_held', '-infinity', 0, 0)
on conflict (tenant_id, resource, window_start) do update set used = u.used"""

_FREE = """
with held as (
  select id from deliveries
  where tenant_id = $1 and pool_id = any ($2) and status = 'held' and held_for = 'enforcement'
  limit $3 for update skip locked
), freed as (
  update deliveries d set held_for = 'quota' from held where d.tenant_id = $1 and d.id = held.id returning 1
)
select count(*) from freed"""


async def unsettled(connection: Connection, again_for_seconds: float, most: int) -> list[asyncpg.Record]:
    """List streams whose mail does not follow their measures yet, or may have been accepted meanwhile."""
    return await connection.fetch(_UNSETTLED, again_for_seconds, most)


async def lock(connection: Connection, tenant_id: UUID, stream: str) -> bool | None:
    """Say whether a stream is paused, which nobody changes until the transaction ends; None: it is unknown."""
    step: str | None = await connection.fetchval(
        "select step from measures where tenant_id = $1 and stream = $2 for share", tenant_id, stream
    )
    return None if step is None else step == "paused"


async def pools(connection: Connection, tenant_id: UUID, stream: str) -> list[UUID]:
    """List the pools that a tenant's mail of a stream may wait in."""
    rows = await connection.fetch(
        "select id from ip_pools where stream = $2 and (tenant_id is null or tenant_id = $1)", tenant_id, stream
    )
    return [row["id"] for row in rows]


async def hold(connection: Connection, tenant_id: UUID, pool_ids: Sequence[UUID], most: int) -> int:
    """Hold some of what waits; gives how many."""
    await connection.execute(_COUNTER, tenant_id)
    held: int = await connection.fetchval(_HOLD, tenant_id, pool_ids, most)
    return held


async def free(connection: Connection, tenant_id: UUID, pool_ids: Sequence[UUID], most: int) -> int:
    """Let some of what a pause held go as soon as there is room for it; gives how many."""
    freed: int = await connection.fetchval(_FREE, tenant_id, pool_ids, most)
    return freed


async def settled(connection: Connection, tenant_id: UUID, stream: str, since: datetime, now: datetime) -> None:
    """Note that a stream's mail follows the step that was taken at a moment."""
    await connection.execute(
        "update measures set settled_at = $4 where tenant_id = $1 and stream = $2 and since = $3",
        tenant_id,
        stream,
        since,
        now,
    )
