"""Leases after they were made: taken, expired, given up, forgotten (fleet role)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.deliveries.turns import Turn

_TAKE = """
update leases set taken_at = coalesce(taken_at, now())
where id = $1 and node_id = $2 and revoked_at is null and (taken_at is not null or expires_at > now())
returning id"""

_RELEASE_EXPIRED = """
with expired as (
  select id from leases where taken_at is null and revoked_at is null
    and (expires_at <= now() or node_id in (select id from nodes where status in ('lost', 'retired')))
  order by expires_at limit 1000 for update skip locked
), revoked as (
  update leases l set revoked_at = now() from expired e where l.id = e.id returning l.id
)
update deliveries d set lease_id = null, node_id = null
from revoked r where d.lease_id = r.id and d.status = 'accepted'
returning d.tenant_id, d.pool_id"""

_RELEASE_OF = """
with revoked as (
  update leases l set revoked_at = now() where l.node_id = $1 and l.revoked_at is null
    and exists (select from deliveries d where d.lease_id = l.id and d.status = 'accepted')
  returning l.id
)
update deliveries d set lease_id = null, node_id = null
from revoked r where d.lease_id = r.id and d.status = 'accepted'
returning d.tenant_id, d.pool_id"""

_RELEASE_SOME = """
update deliveries d set lease_id = null, node_id = null
where d.lease_id = $1 and d.status = 'accepted' and d.id = any ($2)
returning d.tenant_id, d.pool_id"""

_IN_DOUBT = """
select l.node_id, count(*) as deliveries from deliveries d join leases l on l.id = d.lease_id
where d.status = 'accepted' and d.lease_id is not null and l.taken_at is not null group by 1"""

_FORGET_LEASES = """
delete from leases l using (
  select old.id from leases old join nodes n on n.id = old.node_id
  where old.id < uuid_at(now() - make_interval(secs => $1))
    and coalesce(old.taken_at, old.revoked_at) < now() - make_interval(secs => $1)
    and not exists (select from deliveries d where d.lease_id = old.id and d.status = 'accepted')
    and (n.status = 'retired'
         or n.last_seen_at > coalesce(old.taken_at, old.revoked_at) + make_interval(secs => $1)
            and coalesce((n.heartbeat ->> 'spool_events')::bigint, 0) = 0)
  order by old.id limit $2
) o where l.id = o.id returning l.id"""


async def take(connection: Connection, lease_id: UUID, node_id: NodeId) -> bool:
    """Make a lease the node's for good, if it still may be."""
    return await connection.fetchval(_TAKE, lease_id, node_id) is not None


async def release_expired(connection: Connection) -> list[Turn]:
    """Take back what was offered and not taken in time, or to a node that is lost; gives whose turn that is again."""
    return [(row["tenant_id"], row["pool_id"]) for row in await connection.fetch(_RELEASE_EXPIRED)]


async def release_of(connection: Connection, node_id: UUID) -> list[Turn]:
    """Take back everything that a node has and did not report as queued; gives whose turn each of it is again."""
    return [(row["tenant_id"], row["pool_id"]) for row in await connection.fetch(_RELEASE_OF, node_id)]


async def release_some(connection: Connection, lease_id: UUID, delivery_ids: Sequence[UUID]) -> list[Turn]:
    """Take some deliveries out of a lease; gives whose turn each of it is again."""
    return [(row["tenant_id"], row["pool_id"]) for row in await connection.fetch(_RELEASE_SOME, lease_id, delivery_ids)]


async def in_doubt(connection: Connection) -> dict[NodeId, int]:
    """Count for each node what it has taken and not reported as queued."""
    return {row["node_id"]: row["deliveries"] for row in await connection.fetch(_IN_DOUBT)}


async def forget_leases(connection: Connection, after: timedelta, limit: int) -> int:
    """Delete old leases of which nothing is to be reported any more, the oldest first; gives how many those were.

    A lease stays while a delivery of it was never reported, and while its node is away or has events to send.
    """
    return len(await connection.fetch(_FORGET_LEASES, after.total_seconds(), limit))
