"""Deliveries of the sandbox, which no node ever has (fleet role)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.deliveries.queries.bounds import bounds
from control_plane.deliveries.schemas import PlayedDelivery, PlayedEvent
from control_plane.ip_pools.schemas import SANDBOX_POOL

_WAITING = """
select tenant_id, id, message_id, recipient from deliveries
where pool_id = $1 and status = 'accepted' and lease_id is null and parked_until is null
order by tenant_id, id limit $2 for update skip locked"""

_STORE = """
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
select e.tenant_id, e.id, e.type, e.at, d.message_id, d.id, d.recipient, e.data::jsonb
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::text[])
  as e (tenant_id, delivery_id, id, type, at, data)
join deliveries d on d.tenant_id = e.tenant_id and d.id = e.delivery_id and d.pool_id = $7
where d.id between $8 and $9
on conflict do nothing returning id"""


async def waiting(connection: Connection, most: int) -> list[PlayedDelivery]:
    """Lock some that wait to be played, passing over those that others are just taking."""
    rows = await connection.fetch(_WAITING, SANDBOX_POOL, most)
    return [PlayedDelivery(*row.values()) for row in rows]


async def store(connection: Connection, events: Sequence[PlayedEvent]) -> set[UUID]:
    """Store events of deliveries of the sandbox; gives those that were not there yet."""
    columns = zip(*((e.mail.tenant_id, e.mail.id, e.id, e.type, e.at, _text(e)) for e in events), strict=True)
    rows = await connection.fetch(_STORE, *columns, SANDBOX_POOL, *bounds([event.mail.id for event in events]))
    return {row["id"] for row in rows}


def _text(event: PlayedEvent) -> str:
    return msgspec.json.encode(event.data).decode()
