"""End deliveries whose recipients were suppressed while they waited (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.deliveries.queries.bounds import bounds

_SUPPRESS = """
with stopped as (
  update deliveries d set status = 'suppressed', last_event_at = $5
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as s (tenant_id, id, event_id, data)
  where d.tenant_id = s.tenant_id and d.id = s.id and d.id between $6 and $7
  returning d.tenant_id, d.id, d.message_id, d.recipient, s.event_id, s.data
)
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
select tenant_id, event_id, 'message.suppressed', $5, message_id, id, recipient, data::jsonb from stopped"""


class Stopped(msgspec.Struct, frozen=True):
    """A delivery that is not made, with the event that says so."""

    tenant_id: UUID
    id: UUID
    event_id: UUID
    data: str
    """JSON."""


async def suppress(connection: Connection, stopped: Sequence[Stopped], now: datetime) -> None:
    """End deliveries as suppressed; the caller has locked them."""
    columns = [list(column) for column in zip(*map(msgspec.structs.astuple, stopped), strict=True)]
    await connection.execute(_SUPPRESS, *columns, now, *bounds([each.id for each in stopped]))
