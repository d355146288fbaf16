"""What a relay's provider says of a delivery: its word comes after the node's, and states never go back."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import encode, lower_bound, time_of
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.queries import provider_events as queries
from control_plane.deliveries.schemas import AT_A_NODE, SentMail, Status
from control_plane.webhooks import service as webhooks

_LATEST = timedelta(days=7)
"""Older events find no partition, and nobody waits for them."""
_LONGEST_TEXT = 2000
_AFTER: dict[str, tuple[Status, tuple[Status, ...]]] = {
    "message.delivered": ("delivered", ("accepted", *AT_A_NODE)),
    "message.bounced": ("bounced", ("accepted", *AT_A_NODE, "delivered")),
    "message.failed": ("failed", ("accepted", *AT_A_NODE, "delivered")),
    "message.complained": ("complained", ("accepted", *AT_A_NODE, "delivered")),
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


async def told_by_provider(tx: Transaction, mail: SentMail, event: ProviderEvent, now: datetime) -> bool:
    """Store an event of the bound tenant's delivery, once, and move it on; says whether it was news."""
    if mail.delivery_id is None or not now - _LATEST <= event.at <= now + timedelta(hours=1):
        return False
    event = msgspec.structs.replace(event, at=max(event.at, time_of(mail.message_id)))  # to the second, or a clock's
    tenant_id, event_id = bound_tenant(), _id_of(event, mail.delivery_id)
    data = _Data(event.relay_id, event.provider, _text(event.reply), _text(event.dsn))
    text = msgspec.json.encode(data).decode()
    if not await queries.store(tx.connection, tenant_id, event_id, event.type, event.at, mail, text, event.relay_id):
        return False
    if event.type in _AFTER:
        status, before = _AFTER[event.type]
        await queries.move_on(tx.connection, tenant_id, mail.delivery_id, status, before, event.at)
    await webhooks.fan_out(tx, [tenant_id], [event_id], [event.type])
    tx.outbox.signal(f"message:{encode('msg', mail.message_id)}")
    return True


def _id_of(event: ProviderEvent, delivery_id: UUID) -> UUID:
    """Make an id of what happened, shaped like a UUIDv7 (RFC 9562 §5.7), so that a repeat has the same."""
    facts = f"{event.relay_id}\0{event.name}\0{event.type}\0{delivery_id}".encode("utf-8", "replace")
    bits = int.from_bytes(hashlib.sha256(facts).digest()[:10])
    random = 0x7 << 76 | (bits >> 68) << 64 | 0b10 << 62 | bits & ((1 << 62) - 1)
    return UUID(int=lower_bound(event.at).int | random)


def _text(value: str) -> str:
    return value[:_LONGEST_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
