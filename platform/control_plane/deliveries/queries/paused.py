"""Keep mail of paused streams out of the line (fleet role)."""

from collections.abc import Collection
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.deliveries.turns import Turn

# Of streams whose queue follows their pause already: until then, whoever sees to that holds all that waits. What
# somebody from above released since the pause is let go.
_HOLD = """
with paused as (
  select m.tenant_id, p.id as pool_id, m.since
  from unnest($1::uuid[], $2::uuid[]) as turn (tenant_id, pool_id) join ip_pools p on p.id = turn.pool_id
  join measures m on m.tenant_id = turn.tenant_id and m.stream = p.stream
  where m.step = 'paused' and m.settled_at is not null for share of m
), waiting as (
  select d.tenant_id, d.id from paused
  join deliveries d on d.tenant_id = paused.tenant_id and d.pool_id = paused.pool_id
  where d.status = 'accepted' and d.lease_id is null and (d.let_go_at is null or d.let_go_at < paused.since)
  for update of d skip locked
), held as (
  update deliveries d set status = 'held', held_for = 'enforcement', parked_until = null
  from waiting where d.tenant_id = waiting.tenant_id and d.id = waiting.id returning d.tenant_id
), counted as (
  insert into usage as u (tenant_id, resource, window_start, used, own)
  select tenant_id, 'messages_held', '-infinity', count(*), count(*) from held group by 1 order by 1
  on conflict (tenant_id, resource, window_start) do update
    set used = u.used + excluded.used, own = u.own + excluded.own
)
select count(*) from held"""


async def hold(connection: Connection, turns: Collection[Turn]) -> int:
    """Hold what waits of turns whose streams are paused; gives how many."""
    tenants, pools = [tenant for tenant, _ in turns], [pool for _, pool in turns]
    held: int = await connection.fetchval(_HOLD, tenants, pools)
    return held


async def count_first(connection: Connection, tenant_id: UUID) -> None:
    """Take the counter of what is held of a tenant with a paused stream, before its deliveries are taken."""
    await connection.execute(
        """insert into usage as u (tenant_id, resource, window_start, used, own)
           select id, 'messages_held', '-infinity', 0, 0 from tenants where id = $1 and paused_streams <> '{}'
           on conflict (tenant_id, resource, window_start) do update set used = u.used""",
        tenant_id,
    )
