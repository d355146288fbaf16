"""What others say of the bound tenant's deliveries after a relay took them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.deliveries.schemas import SentMail, Status

_STORE = """
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
select $1, $2, $3, $4, $5, $6, $7, $8::jsonb
where not exists (
  select from events e where e.tenant_id = $1 and e.message_id = $5 and e.delivery_id = $6
    and e.type = 'message.delivered' and e.data ? 'node_id'
    and coalesce(e.data -> 'route' ->> 'relay_id', '') <> $9
)
on conflict do nothing returning id"""


async def store(
    connection: Connection,
    tenant_id: UUID,
    event_id: UUID,
    event_type: str,
    at: datetime,
    mail: SentMail,
    data: str,
    relay_id: str,
) -> bool:
    """Store an event unless it is there, or the mail is known to have left another way; says whether it was new."""
    values = (tenant_id, event_id, event_type, at, mail.message_id, mail.delivery_id, mail.recipient, data, relay_id)
    return await connection.fetchval(_STORE, *values) is not None


async def move_on(
    connection: Connection,
    tenant_id: UUID,
    delivery_id: UUID,
    status: Status,
    before: Sequence[Status],
    at: datetime,
) -> None:
    """Let a delivery be in a state if it is in one of those that come before."""
    await connection.execute(
        """update deliveries set status = $3, last_event_at = greatest(last_event_at, $5)
           where tenant_id = $1 and id = $2 and status = any ($4)""",
        tenant_id,
        delivery_id,
        status,
        before,
        at,
    )
