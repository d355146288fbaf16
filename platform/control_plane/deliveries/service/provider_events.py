"""What a relay's provider says of a delivery: its word comes after the node's, and states never go back."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.bounces import service as bounces
from control_plane.bounces.classify import BounceClass, classify
from control_plane.bounces.schemas import Bounced
from control_plane.core.database import Transaction
from control_plane.core.ids import encode, made_of, time_of
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.queries import provider_events as queries
from control_plane.deliveries.schemas import AT_A_NODE, HAD_BY_A_NODE, SentMail, Status
from control_plane.deliveries.service.complaints import complaint_of
from control_plane.suppressions import service as suppressions
from control_plane.webhooks import service as webhooks

_LATEST = timedelta(days=7)
"""Older events find no partition, and nobody waits for them."""
_LONGEST_TEXT = 2000
_NOT_TAKEN = frozenset({"message.deferred", "message.bounced", "message.failed"})
_AFTER: dict[str, tuple[Status, tuple[Status, ...]]] = {
    "message.delivered": ("delivered", ("accepted", *AT_A_NODE)),
    "message.bounced": ("bounced", ("accepted", *AT_A_NODE, "delivered")),
    "message.failed": ("failed", ("accepted", *AT_A_NODE, "delivered")),
    "message.complained": ("complained", ("accepted", *HAD_BY_A_NODE)),
}
"""What a delivery is then, and what it must have been. Deferred is only told: the relay has it."""


class ProviderEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a mail after a relay took it."""

    type: str
    at: datetime
    provider: str
    relay_id: str
    name: str
    """The provider's own name of the event."""
    reply: str = ""
    dsn: str = ""


class _Data(msgspec.Struct, frozen=True, omit_defaults=True):
    relay_id: str
    provider: str
    reply: str = ""
    dsn: str = ""
    bounce_class: BounceClass | None = None


async def told_by_provider(tx: Transaction, mail: SentMail, event: ProviderEvent, now: datetime) -> bool:
    """Store an event of the bound tenant's delivery, once, and move it on; says whether it was news."""
    if mail.delivery_id is None or not now - _LATEST <= event.at <= now + timedelta(hours=1):
        return False
    event = msgspec.structs.replace(event, at=max(event.at, time_of(mail.message_id)))  # to the second, or a clock's
    tenant_id, event_id = bound_tenant(), _id_of(event, mail.delivery_id)
    bounce_class = classify(event.reply, event.dsn).bounce_class if event.type in _NOT_TAKEN else None
    data = _Data(event.relay_id, event.provider, _text(event.reply), _text(event.dsn), bounce_class)
    text = msgspec.json.encode(data).decode()
    if not await queries.store(tx.connection, tenant_id, event_id, event.type, event.at, mail, text, event.relay_id):
        return False
    if event.type in _AFTER:
        status, before = _AFTER[event.type]
        happened_at = min(event.at, now)  # later than now, it would prevail over what nodes have yet to say
        await queries.move_on(tx.connection, tenant_id, mail.delivery_id, status, before, happened_at)
    await webhooks.fan_out(tx, [tenant_id], [event_id], [event.type])
    if event.type == "message.bounced":
        await bounces.note(tx, [_bounced(tenant_id, mail, mail.delivery_id, data, event.at)], now)
    elif event.type == "message.complained":
        await suppressions.add(tx, [complaint_of(mail, mail.delivery_id, event.provider)], now)
    tx.outbox.signal(f"message:{encode('msg', mail.message_id)}")
    return True


def _bounced(tenant_id: UUID, mail: SentMail, delivery_id: UUID, data: _Data, at: datetime) -> Bounced:
    return Bounced(
        tenant_id=tenant_id,
        message_id=mail.message_id,
        delivery_id=delivery_id,
        recipient=mail.recipient,
        bounce_class=data.bounce_class or "unknown",
        reply=data.reply,
        at=at,
    )


def _id_of(event: ProviderEvent, delivery_id: UUID) -> UUID:
    return made_of(f"{event.relay_id}\0{event.name}\0{event.type}\0{delivery_id}", event.at)


def _text(value: str) -> str:
    return value[:_LONGEST_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
