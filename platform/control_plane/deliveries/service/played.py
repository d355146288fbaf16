"""What would have happened to deliveries of the sandbox: told and followed like nodes' reports, never counted."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from control_plane.bounces import service as bounces
from control_plane.bounces.schemas import Bounced
from control_plane.core.database import Transaction
from control_plane.core.ids import encode
from control_plane.deliveries.queries import events as states
from control_plane.deliveries.queries import played as queries
from control_plane.deliveries.schemas import PlayedDelivery, PlayedEvent, SentMail, Status
from control_plane.deliveries.service.complaints import complaint_of
from control_plane.deliveries.states import STATUS_AFTER, NewState, latest
from control_plane.suppressions import service as suppressions
from control_plane.suppressions.schemas import NewSuppression
from control_plane.webhooks import service as webhooks

_STATUS_AFTER: dict[str, Status] = {**STATUS_AFTER, "message.complained": "complained"}
_REPORTER = "the simulator"


async def waiting_to_be_played(tx: Transaction, most: int) -> list[PlayedDelivery]:
    """Lock some deliveries that wait in the sandbox, which are nobody else's then (fleet role)."""
    return await queries.waiting(tx.connection, most)


async def play(tx: Transaction, events: Sequence[PlayedEvent], now: datetime) -> None:
    """Store events of such deliveries, each once, move them on, and suppress whom they end mail to (fleet role)."""
    stored = await queries.store(tx.connection, events) if events else set[UUID]()
    fresh = [event for event in events if event.id in stored]
    if not fresh:
        return
    changes = (NewState(e.mail.tenant_id, e.mail.id, _STATUS_AFTER[e.type], e.at) for e in fresh)
    await states.update_states(tx.connection, latest(changes))
    columns = [e.mail.tenant_id for e in fresh], [e.id for e in fresh], [e.type for e in fresh]
    await webhooks.fan_out(tx, *columns)
    await bounces.follow(tx, [_bounced(event) for event in fresh if event.type == "message.bounced"], now)
    await _suppress_complaining(tx, [event.mail for event in fresh if event.type == "message.complained"], now)
    for message_id in {event.mail.message_id for event in fresh}:
        tx.outbox.signal(f"message:{encode('msg', message_id)}")


async def _suppress_complaining(tx: Transaction, mails: list[PlayedDelivery], now: datetime) -> None:
    for tenant_id, some in groupby(sorted(mails, key=_owner), key=_owner):
        once = {mail.recipient.lower(): mail for mail in some}.values()
        await suppressions.add_for(tx, tenant_id, [_complaint(mail) for mail in once], now)


def _complaint(mail: PlayedDelivery) -> NewSuppression:
    return complaint_of(SentMail(mail.id, mail.message_id, mail.recipient), mail.id, _REPORTER)


def _owner(mail: PlayedDelivery) -> UUID:
    return mail.tenant_id


def _bounced(event: PlayedEvent) -> Bounced:
    return Bounced(
        tenant_id=event.mail.tenant_id,
        message_id=event.mail.message_id,
        delivery_id=event.mail.id,
        recipient=event.mail.recipient,
        bounce_class=event.data.bounce_class or "unknown",
        reply=event.data.reply or "",
        at=event.at,
    )
