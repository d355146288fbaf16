"""Events of deliveries, and the states that they lead to (fleet role)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.deliveries.queries.bounds import bounds
from control_plane.deliveries.reports import ReportedEvent
from control_plane.deliveries.schemas import AFTER_THE_FACT, AT_A_NODE, WITH_US
from control_plane.deliveries.states import NewState


class StoredEvent(msgspec.Struct, frozen=True):
    """An event of a delivery that is the node's; `is_new` unless it was stored before."""

    tenant_id: UUID
    id: UUID
    message_id: UUID
    is_new: bool
    recipient: str


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
select owned.tenant_id, owned.id, owned.message_id, stored.id is not null as is_new, owned.recipient
from owned left join stored on stored.tenant_id = owned.tenant_id and stored.id = owned.id"""

_UPDATE_STATES = """
update deliveries d
set last_event_at = greatest(d.last_event_at, new.at),
  status = case
    when d.status = any ($6) then new.status
    when (new.final, new.rank, new.at, new.place) >
      (d.status <> all ($7), coalesce(array_position($12::text[], d.status), 0), d.last_event_at,
       coalesce(array_position($7, d.status) - 1, 0)) then new.status
    else d.status end
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bool[], $8::int[], $11::int[])
  as new (tenant_id, id, status, at, final, place, rank)
where d.tenant_id = new.tenant_id and d.id = new.id and d.id between $9 and $10"""


async def store_events(connection: Connection, node_id: NodeId, events: Sequence[ReportedEvent]) -> list[StoredEvent]:
    """Store events of deliveries that the node took; gives those, new or not, and leaves all others out."""
    columns = zip(*((e.tenant_id, e.delivery_id, e.id, e.type, e.at, e.data) for e in events), strict=True)
    rows = await connection.fetch(_STORE_EVENTS, *columns, node_id, *bounds([event.delivery_id for event in events]))
    return [StoredEvent(*row.values()) for row in rows]


async def update_states(connection: Connection, states: Sequence[NewState]) -> None:
    """Move deliveries on, where the new state prevails over the one they are in."""
    ids = [state.delivery_id for state in states]
    final, ranks, _, places = zip(*(state.precedence for state in states), strict=True)
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
        *bounds(ids),
        ranks,
        AFTER_THE_FACT,
    )
