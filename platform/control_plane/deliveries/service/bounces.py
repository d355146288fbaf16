"""Mails that were accepted elsewhere and came back: a delivery that has arrived can still bounce, once."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.bounces import service as bounces
from control_plane.bounces.classify import BounceClass
from control_plane.bounces.schemas import Bounced
from control_plane.core.database import Transaction
from control_plane.core.ids import encode, new_uuid, time_of
from control_plane.deliveries.queries import bounces as queries
from control_plane.deliveries.queries import events
from control_plane.deliveries.schemas import SentMail, Status
from control_plane.deliveries.states import NewState
from control_plane.webhooks import service as webhooks


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that something came back about."""

    tenant_id: UUID
    mail: SentMail
    status: Status
    went_at: datetime
    """When it was let go, if it was scheduled or held, or else accepted."""


class _Data(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored of it as JSON; the names are those of the public API."""

    bounce_class: BounceClass
    reply: str = ""
    dsn: str = ""
    relay: str = ""


async def find_sent(tx: Transaction, domain: str, delivery_id: UUID) -> Sent | None:
    """Find and lock a delivery by the domain that it was from; None if there is none any more (fleet role)."""
    row = await queries.find(tx.connection, domain, delivery_id)
    if row is None:
        return None
    mail = SentMail(delivery_id, row["message_id"], row["recipient"])
    went_at = row["let_go_at"] or time_of(delivery_id)
    return Sent(tenant_id=row["tenant_id"], mail=mail, status=row["status"], went_at=went_at)


async def came_back(tx: Transaction, bounced: Bounced, *, dsn: str, reporter: str, now: datetime) -> bool:
    """Store that a delivery bounced after all, and what follows; says whether that was news (fleet role)."""
    event_id, tenant_id = new_uuid(int(now.timestamp() * 1000)), bounced.tenant_id
    data = msgspec.json.encode(_Data(bounced.bounce_class, bounced.reply, dsn, reporter)).decode()
    is_news = await queries.store(
        tx.connection, tenant_id, event_id, now, bounced.message_id, bounced.delivery_id, bounced.recipient, data
    )
    if not is_news:
        return False
    await events.update_states(tx.connection, [NewState(tenant_id, bounced.delivery_id, "bounced", now)])
    await bounces.note(tx, [bounced], now)
    await webhooks.fan_out(tx, [tenant_id], [event_id], ["message.bounced"])
    tx.outbox.signal(f"message:{encode('msg', bounced.message_id)}")
    return True
