"""Mail that is held: send it on after all, or throw it away."""

from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, decode, encode
from control_plane.core.runtime import Runtime
from control_plane.core.threads import in_thread
from control_plane.inbound_routes.errors import ContentGone, NotHeld, NoWay
from control_plane.inbound_routes.links import Links
from control_plane.inbound_routes.queries import messages as queries
from control_plane.inbound_routes.queries import routes
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.reading import Letter, read
from control_plane.inbound_routes.schemas import MessageStatus
from control_plane.inbound_routes.service.pass_on import Came, pass_on
from control_plane.inbound_routes.service.tell import event_of, tell
from control_plane.inbound_routes.service.view import MESSAGE_PREFIX, WEBHOOK_PREFIX


async def release(runtime: Runtime, message_id: UUID, webhook: str | None) -> None:
    """Send a held mail to a webhook, or on its route's way; raises `NotFound`, `NotHeld`, `ContentGone`, `Invalid`.

    Raises `NoWay` where its route passes nothing on, or cannot now.
    """
    async with runtime.db.joined_tx() as tx:
        row = await _held(tx, message_id)
        raw = await queries.content(tx.connection, message_id)
        if raw is None:
            raise ContentGone
        letter = await in_thread(read, raw)
        status: MessageStatus
        if webhook is None:
            status = await _on_its_way(tx, runtime, row, raw, letter)
        else:
            links = Links(runtime.settings, runtime.clock)
            status = "released"
            released = msgspec.structs.replace(row, status=status, note=None)
            await tell(tx, [event_of(links, released, letter, await _webhook(tx, webhook))])
        await queries.settle(tx.connection, message_id, status, row.route_id, None)
        audit.record(tx, "inbound-messages.release", encode(MESSAGE_PREFIX, message_id), after={"webhook": webhook})


async def _on_its_way(tx: Transaction, runtime: Runtime, row: MessageRow, raw: bytes, letter: Letter) -> MessageStatus:
    route = await routes.find(tx.connection, row.route_id)
    if route is None or route.action_type not in ("mailbox", "forward"):
        raise NoWay
    came = Came(recipient=row.recipient, sender=row.sender, raw=raw, letter=letter)
    outcome = await pass_on(tx, runtime, route, came, whatever_it_is=True)
    if outcome.status == "held":
        raise NoWay(outcome.note)
    return outcome.status


async def purge(db: Database, message_id: UUID) -> None:
    """Throw a mail itself away, held or not, and what its event says of the content; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, message_id, lock=True)
        if row is None:
            raise NotFound
        await queries.forget_content(tx.connection, message_id)
        await queries.purge_elsewhere(tx.connection, message_id, encode(MESSAGE_PREFIX, message_id))
        await queries.settle(tx.connection, message_id, "purged", row.route_id, None)
        audit.record(tx, "inbound-messages.purge", encode(MESSAGE_PREFIX, message_id))


async def _held(tx: Transaction, message_id: UUID) -> MessageRow:
    row = await queries.find(tx.connection, message_id, lock=True)
    if row is None:
        raise NotFound
    if row.status != "held":
        raise NotHeld
    return row


async def _webhook(tx: Transaction, text: str) -> UUID:
    try:
        webhook_id = decode(WEBHOOK_PREFIX, text)
    except MalformedId:
        webhook_id = None
    if webhook_id is None or not await routes.has_webhook(tx.connection, webhook_id):
        message = "There is no such active webhook of yours: make one first."
        raise Invalid(errors=(FieldError("webhook_id", message),))
    return webhook_id
