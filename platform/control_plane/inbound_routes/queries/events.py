"""That mail was received, for webhooks and for who pulls events."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant

_SEND = """
insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, next_attempt_at)
select w.tenant_id, new_uuid(), w.id, $2, 'message.received', now() from webhooks w
where w.tenant_id = $1 and w.status = 'active' and (w.id = $3 or
  ('message.received' = any (w.events) or '*' = any (w.events)) and not exists (
    select from inbound_routes r where r.tenant_id = w.tenant_id and r.webhook_id = w.id and r.enabled))
returning webhook_id
"""


async def insert(connection: Connection, event_id: UUID, at: datetime, recipient: str, data: str) -> None:
    """Store that a mail was received."""
    await connection.execute(
        """insert into events (tenant_id, id, type, at, recipient, data)
           values ($1, $2, 'message.received', $3, $4, $5::jsonb)""",
        bound_tenant(),
        event_id,
        at,
        recipient,
        data,
    )


async def send(connection: Connection, event_id: UUID, webhook_id: UUID | None) -> list[UUID]:
    """Put the event on its way to a route's webhook, and to those that want all of them and are no route's."""
    rows = await connection.fetch(_SEND, bound_tenant(), event_id, webhook_id)
    return [row["webhook_id"] for row in rows]
