"""Complaints about deliveries."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.deliveries.schemas import HAD_BY_A_NODE, SentMail

_COMPLAIN = """
update deliveries
set status = case
    when status = any ($4) or status = 'accepted' and lease_id is not null then 'complained'
    else status end,
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
    """Store that the recipient complained, and let a delivery that a node has had be in that state.

    The node may not have told yet even that it queued the mail, and the mail may have come back besides.
    """
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
    await connection.execute(_COMPLAIN, tenant_id, mail.delivery_id, at, HAD_BY_A_NODE)
