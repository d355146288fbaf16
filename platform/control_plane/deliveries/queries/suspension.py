"""Keep a suspended tenant's deliveries out of the line, and let them wait again (fleet role)."""

from uuid import UUID

from control_plane.core.database import Connection

_HOLD = """
update deliveries d set status = 'held', held_for = 'suspension'
from (
  select id from deliveries where tenant_id = $1 and status = 'accepted' and lease_id is null
  limit $2 for update skip locked
) waiting
where d.tenant_id = $1 and d.id = waiting.id returning d.pool_id"""

# What is of a paused stream stays held, for that, and is counted as such.
_FREE = """
with held as (
  select d.id, coalesce(p.stream = any (t.paused_streams), false) as is_paused
  from deliveries d join tenants t on t.id = d.tenant_id left join ip_pools p on p.id = d.pool_id
  where d.tenant_id = $1 and d.status = 'held' and d.held_for = 'suspension'
  limit $2 for update of d skip locked
), freed as (
  update deliveries d set status = case when held.is_paused then 'held' else 'accepted' end,
    held_for = case when held.is_paused then 'enforcement' end,
    let_go_at = case when held.is_paused then d.let_go_at else now() end
  from held where d.tenant_id = $1 and d.id = held.id returning d.pool_id, held.is_paused
), counted as (
  insert into usage as u (tenant_id, resource, window_start, used, own)
  select $1, 'messages_held', '-infinity', n, n from (select count(*) as n from freed where is_paused) kept where n > 0
  on conflict (tenant_id, resource, window_start) do update
    set used = u.used + excluded.used, own = u.own + excluded.own
)
select pool_id, is_paused from freed"""


async def hold(connection: Connection, tenant_id: UUID, limit: int) -> list[UUID]:
    """Hold some of a suspended tenant's waiting deliveries; gives the pool of each."""
    return [row["pool_id"] for row in await connection.fetch(_HOLD, tenant_id, limit)]


async def free(connection: Connection, tenant_id: UUID, limit: int) -> list[tuple[UUID, bool]]:
    """Let some deliveries wait again that a suspension held; gives the pool of each, and if a pause holds it now."""
    return [(row["pool_id"], row["is_paused"]) for row in await connection.fetch(_FREE, tenant_id, limit)]
