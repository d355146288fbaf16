"""What recipients complain about."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import encode, new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.queries import complaints as queries
from control_plane.deliveries.schemas import SentMail
from control_plane.suppressions import service as suppressions
from control_plane.suppressions.schemas import NewSuppression
from control_plane.warmup import service as warmup
from control_plane.webhooks import service as webhooks

_MOST_RECIPIENTS = 100


async def complained_about(
    tx: Transaction, delivery_id: UUID | None, message_id: UUID | None, recipient: str
) -> SentMail | None:
    """Find the bound tenant's mail by its delivery, else by its message and recipient; None if there is none."""
    tenant_id = bound_tenant()
    if delivery_id:
        found = await queries.find(tx.connection, tenant_id, delivery_id)
        if found:
            return found
    sent = await queries.of_message(tx.connection, tenant_id, message_id, _MOST_RECIPIENTS) if message_id else []
    if len(sent) > 1:
        fitting = [mail for mail in sent if mail.recipient.lower() == recipient.lower()]
        sent = fitting or [SentMail(None, sent[0].message_id)]
    return sent[0] if sent else None


async def complain(tx: Transaction, mail: SentMail, reporter: str, at: datetime) -> None:
    """Store that a delivery's recipient complained, and tell the webhooks; the caller sees to it that it is once."""
    event_id, tenant_id = new_uuid(), bound_tenant()
    data = msgspec.json.encode({"reply": f"Reported by {reporter}."} if reporter else {}).decode()
    await queries.store_complaint(tx.connection, tenant_id, event_id, mail, at, data)
    await webhooks.fan_out(tx, [tenant_id], [event_id], ["message.complained"])
    if mail.delivery_id:
        await warmup.count_complaint(tx, tenant_id, mail.delivery_id, mail.message_id, at)
        await suppressions.add(tx, [complaint_of(mail, mail.delivery_id, reporter)], at)
    tx.outbox.signal(f"message:{encode('msg', mail.message_id)}")


def complaint_of(mail: SentMail, delivery_id: UUID, reporter: str) -> NewSuppression:
    """Say that a recipient who complained is not to be written to any more, by either stream."""
    return NewSuppression(
        email=mail.recipient,
        reason="complaint",
        source="complaint",
        note=f"Reported by {reporter}." if reporter else "",
        message_id=mail.message_id,
        delivery_id=delivery_id,
    )
