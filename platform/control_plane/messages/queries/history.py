"""What happened to deliveries without a node's doing, as events."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection


class HistoryRow(msgspec.Struct, frozen=True):
    """An event of a delivery."""

    event_id: UUID
    type: str
    message_id: UUID
    delivery_id: UUID
    recipient: str
    data: str = "{}"
    """JSON."""


_STORE = """
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
select $1, e.id, e.type, $2, e.message_id, e.delivery_id, e.recipient, e.data::jsonb
from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[])
  as e (id, type, message_id, delivery_id, recipient, data)
"""


async def store(connection: Connection, tenant_id: UUID, rows: Sequence[HistoryRow], at: datetime) -> None:
    """Store events of one moment."""
    columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
    await connection.execute(_STORE, tenant_id, at, *map(list, columns))
