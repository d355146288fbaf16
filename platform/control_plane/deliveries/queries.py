"""The SQL of deliveries: claimed in batches by nodes, moved on by the events that nodes report (fleet role)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.deliveries.reports import ReportedEvent
from control_plane.deliveries.schemas import AT_A_NODE, WITH_US, LeaseId, SentMail
from control_plane.deliveries.states import NewState


class WaitingDelivery(msgspec.Struct, frozen=True):
    """A delivery that no node has."""

    tenant_id: UUID
    id: UUID
    message_id: UUID
    recipient: str


class StoredMessage(msgspec.Struct, frozen=True):
    """A message's bytes as they are passed on."""

    id: UUID
    envelope: bytes
    content: bytes


class StoredEvent(msgspec.Struct, frozen=True):
    """An event of a delivery that is the node's; `is_new` unless it was stored before."""

    tenant_id: UUID
    id: UUID
    message_id: UUID
    is_new: bool


# --- Claims -----------------------------------------------------------------------------------------------------------

_PICK = """
select tenant_id, id, message_id, recipient from deliveries
where pool_id = $1 and status = 'accepted' and lease_id is null
  and tenant_id not in (select t.id from tenants t where t.status = 'suspended' and t.emptied_at is null)
order by id limit $2 for update skip locked"""

_HOLD = """
update deliveries d set status = 'held', held_for = 'suspension'
from (
  select id from deliveries where tenant_id = $1 and status = 'accepted' and lease_id is null
  limit $2 for update skip locked
) waiting
where d.tenant_id = $1 and d.id = waiting.id returning d.id"""

_FREE = """
update deliveries d set status = 'accepted', held_for = null
from (
  select id from deliveries where tenant_id = $1 and status = 'held' and held_for = 'suspension'
  limit $2 for update skip locked
) held
where d.tenant_id = $1 and d.id = held.id returning d.pool_id"""

_MESSAGES = """
select id, envelope, content from (
  select m.id, m.envelope, m.content, wanted.place,
    sum(octet_length(m.envelope) + octet_length(m.content)) over (order by wanted.place) as bytes_so_far
  from unnest($1::uuid[], $2::uuid[]) with ordinality as wanted (tenant_id, id, place)
  join messages m on m.tenant_id = wanted.tenant_id and m.id = wanted.id
  where m.id between $3 and $4
) sized where bytes_so_far <= $5 or place = 1 order by place"""

_LEASE = """
with lease as (
  insert into leases (id, node_id, deliveries, expires_at)
  values ($1, $2, cardinality($4::uuid[]), now() + make_interval(secs => $5))
)
update deliveries d set lease_id = $1, node_id = $2
from unnest($3::uuid[], $4::uuid[]) as picked (tenant_id, id)
where d.tenant_id = picked.tenant_id and d.id = picked.id and d.id between $6 and $7"""

_TAKE = """
update leases set taken_at = coalesce(taken_at, now())
where id = $1 and node_id = $2 and revoked_at is null and (taken_at is not null or expires_at > now())
returning id"""

_RELEASE_EXPIRED = """
with expired as (
  select id from leases where taken_at is null and revoked_at is null and expires_at <= now()
  order by expires_at limit 1000 for update skip locked
), revoked as (
  update leases l set revoked_at = now() from expired e where l.id = e.id returning l.id
)
update deliveries d set lease_id = null, node_id = null
from revoked r where d.lease_id = r.id and d.status = 'accepted'
returning d.pool_id"""


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


async def pick_waiting(connection: Connection, pool_id: UUID, limit: int) -> list[WaitingDelivery]:
    """Lock the oldest deliveries that wait in a pool, passing over those that others are just claiming."""
    return [WaitingDelivery(*row.values()) for row in await connection.fetch(_PICK, pool_id, limit)]


async def messages_of(
    connection: Connection, deliveries: Sequence[WaitingDelivery], most_bytes: int
) -> list[StoredMessage]:
    """Fetch the deliveries' messages in the order of their first delivery, up to a size but at least one."""
    wanted = {delivery.message_id: delivery.tenant_id for delivery in deliveries}
    bounds = min(wanted), max(wanted)
    rows = await connection.fetch(_MESSAGES, list(wanted.values()), list(wanted), *bounds, most_bytes)
    return [StoredMessage(*row.values()) for row in rows]


async def lease(
    connection: Connection, lease_id: LeaseId, node_id: NodeId, deliveries: Sequence[WaitingDelivery], seconds: float
) -> None:
    """Put deliveries into a node's hands for a time."""
    ids = [delivery.id for delivery in deliveries]
    tenant_ids = [delivery.tenant_id for delivery in deliveries]
    await connection.execute(_LEASE, lease_id, node_id, tenant_ids, ids, seconds, min(ids), max(ids))


async def take(connection: Connection, lease_id: UUID, node_id: NodeId) -> bool:
    """Make a lease the node's for good, if it still may be."""
    return await connection.fetchval(_TAKE, lease_id, node_id) is not None


async def release_expired(connection: Connection) -> set[UUID]:
    """Take back what was offered and not taken in time; gives the pools that it waits in again."""
    return {row["pool_id"] for row in await connection.fetch(_RELEASE_EXPIRED)}


async def forget_leases(connection: Connection, after: timedelta, limit: int) -> int:
    """Delete old leases of which nothing is to be reported any more, the oldest first; gives how many those were.

    A lease stays while a delivery of it was never reported, and while its node is away or has events to send.
    """
    return len(await connection.fetch(_FORGET_LEASES, after.total_seconds(), limit))


async def hold(connection: Connection, tenant_id: UUID, limit: int) -> int:
    """Hold some of a suspended tenant's waiting deliveries; gives how many."""
    return len(await connection.fetch(_HOLD, tenant_id, limit))


async def free(connection: Connection, tenant_id: UUID, limit: int) -> list[UUID]:
    """Let some deliveries wait again that a suspension held; gives the pool of each."""
    return [row["pool_id"] for row in await connection.fetch(_FREE, tenant_id, limit)]


# --- Events -----------------------------------------------------------------------------------------------------------

_STORE_EVENTS = """
with owned as (
  select e.tenant_id, e.id, e.type, e.at, d.message_id, e.delivery_id, d.recipient, e.data
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::text[])
    as e (tenant_id, delivery_id, id, type, at, data)
  join deliveries d on d.tenant_id = e.tenant_id and d.id = e.delivery_id
  join leases l on l.id = d.lease_id
  where d.id between $8 and $9 and l.node_id = $7 and l.taken_at is not null
), stored as (
  insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
  select tenant_id, id, type, at, message_id, delivery_id, recipient, data::jsonb from owned
  on conflict do nothing
  returning tenant_id, id
)
select owned.tenant_id, owned.id, owned.message_id, stored.id is not null as is_new
from owned left join stored on stored.tenant_id = owned.tenant_id and stored.id = owned.id"""

_UPDATE_STATES = """
update deliveries d
set last_event_at = greatest(d.last_event_at, new.at),
  status = case
    when d.status = any ($6) then new.status
    when (new.final, new.at, new.place) >
      (d.status <> all ($7), d.last_event_at, coalesce(array_position($7, d.status) - 1, 0)) then new.status
    else d.status end
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bool[], $8::int[])
  as new (tenant_id, id, status, at, final, place)
where d.tenant_id = new.tenant_id and d.id = new.id and d.id between $9 and $10"""


async def store_events(connection: Connection, node_id: NodeId, events: Sequence[ReportedEvent]) -> list[StoredEvent]:
    """Store events of deliveries that the node took; gives those, new or not, and leaves all others out."""
    columns = zip(*((e.tenant_id, e.delivery_id, e.id, e.type, e.at, e.data) for e in events), strict=True)
    bounds = _bounds([event.delivery_id for event in events])
    rows = await connection.fetch(_STORE_EVENTS, *columns, node_id, *bounds)
    return [StoredEvent(*row.values()) for row in rows]


async def update_states(connection: Connection, states: Sequence[NewState]) -> None:
    """Move deliveries on, where the new state prevails over the one they are in."""
    ids = [state.delivery_id for state in states]
    final, _, places = zip(*(state.precedence for state in states), strict=True)
    await connection.execute(
        _UPDATE_STATES,
        [state.tenant_id for state in states],
        ids,
        [state.status for state in states],
        [state.at for state in states],
        final,
        WITH_US,
        AT_A_NODE,
        places,
        *_bounds(ids),
    )


def _bounds(ids: Sequence[UUID]) -> tuple[UUID, UUID]:
    """Give the range that ids lie in: the database then opens only the partitions of that time."""
    return min(ids), max(ids)


# --- Complaints -------------------------------------------------------------------------------------------------------

_COMPLAIN = """
update deliveries
set status = case when status = any ($4) then 'complained' else status end,
  last_event_at = greatest(last_event_at, $3)
where tenant_id = $1 and id = $2 returning id"""


async def find(connection: Connection, tenant_id: UUID, delivery_id: UUID) -> SentMail | None:
    """Find a delivery of a tenant."""
    row = await connection.fetchrow(
        "select id, message_id, recipient from deliveries where tenant_id = $1 and id = $2", tenant_id, delivery_id
    )
    return SentMail(*row.values()) if row else None


async def of_message(connection: Connection, tenant_id: UUID, message_id: UUID, limit: int) -> list[SentMail]:
    """List some deliveries of a tenant's message."""
    rows = await connection.fetch(
        """select id, message_id, recipient from deliveries where tenant_id = $1 and message_id = $2
           order by id limit $3""",
        tenant_id,
        message_id,
        limit,
    )
    return [SentMail(*row.values()) for row in rows]


async def store_complaint(
    connection: Connection, tenant_id: UUID, event_id: UUID, mail: SentMail, at: datetime, data: str
) -> None:
    """Store that the recipient complained, and let a delivery that was on its way or has arrived be in that state."""
    await connection.execute(
        """insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
           values ($1, $2, 'message.complained', $3, $4, $5, $6, $7::jsonb)""",
        tenant_id,
        event_id,
        at,
        mail.message_id,
        mail.delivery_id,
        mail.recipient,
        data,
    )
    await connection.execute(_COMPLAIN, tenant_id, mail.delivery_id, at, [*AT_A_NODE, "delivered"])


# --- Partitions -------------------------------------------------------------------------------------------------------


async def extend_partitions(connection: Connection, table: str, weeks_ahead: int) -> int:
    """Make a table's missing weekly partitions; gives how many."""
    made: int = await connection.fetchval("select ensure_partitions($1, now(), $2)", table, weeks_ahead)
    return made
