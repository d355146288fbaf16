"""What nodes gave back, and when somebody may take it (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.deliveries.queries.bounds import bounds


class GivenBack(msgspec.Struct, frozen=True):
    """A delivery that a node says it cannot send."""

    id: UUID
    lease_id: UUID
    reason: str
    not_before: datetime


_GIVE_BACK = """
with freed as (
  update deliveries d set lease_id = null, node_id = null, returned_at = $6
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as given (id, lease_id, reason, not_before)
  join leases l on l.id = given.lease_id
  where d.lease_id = given.lease_id and d.id = given.id and d.status = 'accepted'
    and l.node_id = $5 and l.taken_at is not null and d.id between $7 and $8
  returning d.tenant_id, d.id, d.message_id, given.reason, given.not_before
), noted as (
  insert into returns (tenant_id, delivery_id, node_id, not_before, reason, returned_at)
  select tenant_id, id, $5, not_before, reason, $6 from freed
  on conflict (tenant_id, delivery_id, node_id) do update
    set not_before = excluded.not_before, reason = excluded.reason, returned_at = excluded.returned_at
)
select tenant_id, id, message_id from freed"""

_PARK = """
update deliveries d set parked_until = case when way.is_free then null else least(way.opens_at, $4) end
from unnest($1::uuid[], $2::uuid[]) as given (tenant_id, id)
join deliveries own on own.tenant_id = given.tenant_id and own.id = given.id
cross join lateral (
  select coalesce(bool_or(r.not_before is null or r.not_before <= $3), true) as is_free, min(r.not_before) as opens_at
  from (select distinct i.node_id from ips i join nodes n on n.id = i.node_id
        where i.pool_id = own.pool_id and i.status in ('warming', 'active') and n.status = 'ready') node
  left join returns r on r.tenant_id = own.tenant_id and r.delivery_id = own.id and r.node_id = node.node_id
) way
where own.id between $5 and $6 and d.tenant_id = given.tenant_id and d.id = given.id and d.id between $5 and $6
returning d.tenant_id, d.pool_id, d.parked_until"""

_PARKED = """
select tenant_id, id from deliveries where parked_until <= $1 order by parked_until limit $2 for update skip locked"""

_FORGET = """
delete from returns where (tenant_id, delivery_id, node_id) in (
  select tenant_id, delivery_id, node_id from returns where returned_at < $1 and not_before < $1 limit $2)
returning delivery_id"""


async def give_back(
    connection: Connection, node_id: NodeId, given: Sequence[GivenBack], now: datetime
) -> list[asyncpg.Record]:
    """End the lease of deliveries that the node has taken and did not queue; gives those."""
    columns = zip(*((g.id, g.lease_id, g.reason, g.not_before) for g in given), strict=True)
    return await connection.fetch(_GIVE_BACK, *columns, node_id, now, *bounds([g.id for g in given]))


async def park(
    connection: Connection, tenant_ids: Sequence[UUID], ids: Sequence[UUID], now: datetime, at_most_until: datetime
) -> list[asyncpg.Record]:
    """Set deliveries aside that every node which could take them gave back; the others wait again. Gives them all."""
    return await connection.fetch(_PARK, tenant_ids, ids, now, at_most_until, *bounds(ids))


async def parked(connection: Connection, now: datetime, limit: int) -> list[asyncpg.Record]:
    """Lock some of what was set aside until now."""
    return await connection.fetch(_PARKED, now, limit)


async def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Delete old notes; gives how many."""
    return len(await connection.fetch(_FORGET, before, limit))
