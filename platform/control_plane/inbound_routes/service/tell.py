"""Tell routes' webhooks of mails: the event `message.received`, with all that a mail says."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.events import channels
from control_plane.inbound_routes.links import IN_EVENTS, Links
from control_plane.inbound_routes.queries import events
from control_plane.inbound_routes.queries.events import EventRow
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.reading import Letter
from control_plane.inbound_routes.service.view import linking, message_of
from control_plane.webhooks.service.fan_out import SEND_JOB


def event_of(links: Links, row: MessageRow, letter: Letter, webhook_id: UUID | None) -> EventRow:
    """Write the event of a mail of the bound tenant."""
    shown = message_of(row, letter, linking(links, row, IN_EVENTS))
    data: dict[str, object] = msgspec.to_builtins(shown)
    data["inbound_message_id"] = data.pop("id")
    text = msgspec.json.encode(data).decode()
    return EventRow(id=new_uuid(), at=row.received_at, recipient=row.recipient, data=text, webhook_id=webhook_id)


async def tell(tx: Transaction, rows: Sequence[EventRow]) -> None:
    """Store events and put them on their way, in the transaction that routes the mails: both or neither."""
    await events.insert(tx.connection, rows)
    tx.outbox.signal(channels.of_tenant(bound_tenant()))
    for webhook_id in await events.send(tx.connection, rows):
        tx.outbox.trigger(SEND_JOB, str(bound_tenant()), str(webhook_id))
