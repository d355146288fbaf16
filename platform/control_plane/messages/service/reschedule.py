"""Have a scheduled message go at another moment."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from control_plane.audit import service as audit
from control_plane.core import etag, ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Refused
from control_plane.core.tenancy import bound_tenant
from control_plane.messages.errors import NotScheduled
from control_plane.messages.events import scheduled_data
from control_plane.messages.queries import acts, scheduled
from control_plane.messages.schedule import date_ms, due_at
from control_plane.messages.schemas import Message
from control_plane.messages.service import history, schedules
from control_plane.messages.service.found import locked
from control_plane.messages.service.read import find, found
from tenant_agent import wire


async def reschedule(
    db: Database, clock: Clock, message_id: str, send_at: datetime | None, if_match: str | None = None
) -> Message:
    """Set the moment for what is still scheduled; None, or one that has passed: now.

    Raises `Invalid`, `NotScheduled`, `PreconditionFailed`.
    """
    wanted, now = ids.decode("msg", message_id), clock.now()
    due = due_at(send_at, now)
    if isinstance(due, Refused):
        raise due
    async with db.tenant_tx() as tx:
        row = await locked(tx, wanted)
        before = await found(tx, wanted)
        etag.check(if_match, before)
        await _move(tx, wanted, due or now, now)
        envelope = replace(wire.decode_as(row["envelope"], wire.Envelope), date_ms=date_ms(due or now))
        await acts.redate(tx.connection, bound_tenant(), wanted, wire.encode(envelope))
        after = await found(tx, wanted)
        audit.record(
            tx, "messages.reschedule", message_id, before={"send_at": before.send_at}, after={"send_at": after.send_at}
        )
        if due is None:
            tx.outbox.trigger(schedules.SEND_JOB)
    return await find(db, message_id)


async def _move(tx: Transaction, message_id: UUID, due: datetime, now: datetime) -> None:
    moved = await scheduled.reschedule(tx.connection, bound_tenant(), message_id, due)
    if not moved:
        raise NotScheduled
    data = scheduled_data(due)
    rows = [history.row("scheduled", message_id, row["id"], row["recipient"], row["pool_id"], data) for row in moved]
    await history.tell(tx, rows, now)
    schedules.expect(tx, [(row["pool_id"], due) for row in moved])
