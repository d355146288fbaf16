"""Who has mail waiting and does not stand in line, and pools that nothing leaves from (fleet role)."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.deliveries.turns import Turn
from control_plane.ip_pools.schemas import SANDBOX_POOL

# A loose scan of the index of what waits: from each tenant right to the next, however much each has.
_NOT_IN_LINE = """
with recursive line as (
  (select pool_id, tenant_id, id from deliveries
   where status = 'accepted' and lease_id is null and parked_until is null
   order by pool_id, tenant_id, id limit 1)
  union all
  select next.pool_id, next.tenant_id, next.id from line cross join lateral (
    select d.pool_id, d.tenant_id, d.id from deliveries d
    where d.status = 'accepted' and d.lease_id is null and d.parked_until is null
      and (d.pool_id, d.tenant_id) > (line.pool_id, line.tenant_id)
    order by d.pool_id, d.tenant_id, d.id limit 1
  ) next
)
select line.tenant_id, line.pool_id from line
where line.pool_id <> $1
  and not exists (select from turns t where t.tenant_id = line.tenant_id and t.pool_id = line.pool_id
    and t.waiting and t.oldest <= line.id)"""

_WITHOUT_WAY_OUT = """
select t.pool_id, p.name, count(*) as tenants, min(oldest.id::text)::uuid as oldest
from turns t join ip_pools p on p.id = t.pool_id
cross join lateral (
  select d.id from deliveries d where d.tenant_id = t.tenant_id and d.pool_id = t.pool_id and d.id >= t.oldest
    and d.status = 'accepted' and d.lease_id is null and d.parked_until is null order by d.id limit 1
) oldest
where t.waiting and pool_is_closed(t.pool_id) group by 1, 2 order by 4"""


_WHY = """
select d.id, pool_is_closed(d.pool_id) as no_way_out, coalesce(r.reason, '') as reason, r.returned_at
from deliveries d left join lateral (
  select reason, returned_at from returns r where r.tenant_id = d.tenant_id and r.delivery_id = d.id
  order by returned_at desc limit 1
) r on true
where d.tenant_id = $1 and d.message_id = $2 and d.status = 'accepted' and d.lease_id is null
  and d.pool_id <> $3 and (r.reason is not null or pool_is_closed(d.pool_id))"""


async def not_in_line(connection: Connection) -> list[Turn]:
    """List whose mail waits without a place in line, or where nobody looks for it."""
    return [(row["tenant_id"], row["pool_id"]) for row in await connection.fetch(_NOT_IN_LINE, SANDBOX_POOL)]


async def without_way_out(connection: Connection) -> list[asyncpg.Record]:
    """List the pools in which mail waits and that no node sends from, with how many tenants' and since when."""
    return await connection.fetch(_WITHOUT_WAY_OUT)


async def why(connection: Connection, tenant_id: UUID, message_id: UUID) -> list[asyncpg.Record]:
    """Say of a message's deliveries that wait for longer than they need to why that is (app role)."""
    return await connection.fetch(_WHY, tenant_id, message_id, SANDBOX_POOL)
