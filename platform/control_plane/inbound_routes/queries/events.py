"""That mail was received, for webhooks and for who pulls events."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant

_SEND = """
insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, next_attempt_at)
select w.tenant_id, new_uuid(), w.id, e.id, 'message.received', now()
from unnest($2::uuid[], $3::uuid[]) as e (id, webhook_id) cross join webhooks w
where w.tenant_id = $1 and w.status = 'active' and (w.id = e.webhook_id or
  ('message.received' = any (w.events) or '*' = any (w.events)) and not exists (
    select from inbound_routes r where r.tenant_id = w.tenant_id and r.webhook_id = w.id and r.enabled))
returning webhook_id
"""


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is stored, and the route's webhook that it is for."""

    id: UUID
    at: datetime
    recipient: str
    data: str
    """JSON."""
    webhook_id: UUID | None


async def insert(connection: Connection, rows: Sequence[EventRow]) -> None:
    """Store that mails were received."""
    await connection.execute(
        """insert into events (tenant_id, id, type, at, recipient, data)
           select $1, e.id, 'message.received', e.at, e.recipient, e.data::jsonb
           from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[]) as e (id, at, recipient, data)""",
        bound_tenant(),
        [each.id for each in rows],
        [each.at for each in rows],
        [each.recipient for each in rows],
        [each.data for each in rows],
    )


async def send(connection: Connection, rows: Sequence[EventRow]) -> set[UUID]:
    """Put events on their way to their routes' webhooks, and to those that want all of them and are no route's."""
    found = await connection.fetch(
        _SEND, bound_tenant(), [each.id for each in rows], [each.webhook_id for each in rows]
    )
    return {row["webhook_id"] for row in found}
