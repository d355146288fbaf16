"""Tell a route's webhook of a mail: the event `message.received`, with all that the mail says."""

from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.events import channels
from control_plane.inbound_routes.links import IN_EVENTS, Links
from control_plane.inbound_routes.queries import events
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.reading import Letter
from control_plane.inbound_routes.service.view import linking, message_of
from control_plane.webhooks.service.fan_out import SEND_JOB


async def tell(
    tx: Transaction, links: Links, row: MessageRow, letter: Letter, webhook_id: UUID | None, event_id: UUID
) -> None:
    """Store the event and put it on its way, in the transaction that routes the mail: both or neither."""
    shown = message_of(row, letter, linking(links, row, IN_EVENTS))
    data: dict[str, object] = msgspec.to_builtins(shown)
    data["inbound_message_id"] = data.pop("id")
    text = msgspec.json.encode(data).decode()
    await events.insert(tx.connection, event_id, row.received_at, row.recipient, text)
    tx.outbox.signal(channels.of_tenant(bound_tenant()))
    for each in await events.send(tx.connection, event_id, webhook_id):
        tx.outbox.trigger(SEND_JOB, str(bound_tenant()), str(each))
