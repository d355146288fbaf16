"""What operators do with moves that were asked for: abort, try again, pause, let go on."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Conflict, NotFound
from control_plane.core.ids import encode
from control_plane.moves import life
from control_plane.moves.decide import Decision
from control_plane.moves.errors import MailboxMoves, MoveNotFailed, MoveOver, NothingToMove
from control_plane.moves.queries import batches
from control_plane.moves.queries import moves as queries
from control_plane.moves.queries.moves import MoveRow
from control_plane.moves.schemas import MailboxMove, MoveBatch
from control_plane.moves.service import read, steps

Act: TypeAlias = Callable[[Transaction, Clock, UUID], Awaitable[MailboxMove]]

_ABORTED = "An operator aborted it."


async def abort(tx: Transaction, clock: Clock, move_id: UUID) -> MailboxMove:
    """Leave a mailbox where it is, and open it if it was closed (fleet role); raises `NotFound`, `MoveOver`."""
    row = await _locked(tx, move_id)
    if row.status not in life.OPEN:
        raise MoveOver
    aborted = life.end(steps.progress(row), "aborted", _ABORTED)
    await steps.apply(tx, row, Decision(progress=aborted, target_id=row.target_id), clock.now())
    _record(tx, "abort", row, "aborted")
    tx.outbox.trigger(steps.DRIVE_JOB)
    return await read.move(tx, move_id)


async def retry(tx: Transaction, clock: Clock, move_id: UUID) -> MailboxMove:
    """Begin a move anew (fleet role); raises `NotFound`, `MoveNotFailed`, `NothingToMove`, `MailboxMoves`."""
    row = await _locked(tx, move_id)
    if row.status not in ("failed", "aborted"):
        raise MoveNotFailed
    if row.mailbox_at != row.source_id:
        raise NothingToMove("The mailbox is not at the node any more that it was to leave.")
    anew = Decision(
        progress=life.begin_anew(steps.progress(row)), target_id=row.target_id if row.target_given else None
    )
    try:
        await steps.apply(tx, row, anew, clock.now())
    except asyncpg.UniqueViolationError as error:
        raise MailboxMoves from error
    _record(tx, "retry", row, "waiting")
    tx.outbox.trigger(steps.DRIVE_JOB)
    return await read.move(tx, move_id)


async def abort_batch(db: Database, clock: Clock, batch_id: UUID) -> MoveBatch:
    """Abort what of a batch is not over; raises `NotFound`. What waits ends first: nothing begins meanwhile."""
    async with db.fleet_tx() as tx:
        await _known(tx, batch_id)
        aborted = await queries.abort_waiting(tx.connection, batch_id, _ABORTED, clock.now())
        audit.record_for_fleet(
            tx, "moves.abort_batch", encode(steps.BATCH_PREFIX, batch_id), after={"not_begun": aborted}
        )
        under_way = await queries.of_batch(tx.connection, batch_id, life.OPEN)
    await _each(db, clock, under_way, abort)
    return await _seen(db, clock, batch_id)


async def retry_batch(db: Database, clock: Clock, batch_id: UUID) -> MoveBatch:
    """Begin anew what of a batch has failed; raises `NotFound`."""
    async with db.fleet_tx() as tx:
        await _known(tx, batch_id)
        failed = await queries.of_batch(tx.connection, batch_id, ["failed"])
        audit.record_for_fleet(
            tx, "moves.retry_batch", encode(steps.BATCH_PREFIX, batch_id), after={"moves": len(failed)}
        )
    await _each(db, clock, failed, retry)
    return await _seen(db, clock, batch_id)


async def pause(tx: Transaction, clock: Clock, batch_id: UUID) -> MoveBatch:
    """Begin nothing more of a batch, and ask for no more copies (fleet role); raises `NotFound`."""
    row = await _known(tx, batch_id)
    return await _set_paused(tx, clock, batch_id, row.paused_at or clock.now(), "moves.pause")


async def resume(tx: Transaction, clock: Clock, batch_id: UUID) -> MoveBatch:
    """Let a batch go on (fleet role); raises `NotFound`."""
    await _known(tx, batch_id)
    tx.outbox.trigger(steps.DRIVE_JOB)
    return await _set_paused(tx, clock, batch_id, None, "moves.resume")


async def _set_paused(
    tx: Transaction, clock: Clock, batch_id: UUID, paused_at: datetime | None, action: str
) -> MoveBatch:
    await batches.pause(tx.connection, batch_id, paused_at)
    audit.record_for_fleet(tx, action, encode(steps.BATCH_PREFIX, batch_id))
    return await read.batch(tx, clock, batch_id)


async def _each(db: Database, clock: Clock, move_ids: list[UUID], act: Act) -> None:
    """Do something with each move in a transaction of its own; with what is past that, nothing."""
    for move_id in move_ids:
        try:
            async with db.fleet_tx() as tx:
                await act(tx, clock, move_id)
        except (Conflict, NotFound):
            continue


async def _locked(tx: Transaction, move_id: UUID) -> MoveRow:
    row = await queries.find(tx.connection, move_id, lock=True)
    if row is None:
        raise NotFound
    return row


async def _known(tx: Transaction, batch_id: UUID) -> batches.BatchRow:
    row = await batches.find(tx.connection, batch_id, lock=True)
    if row is None:
        raise NotFound
    return row


async def _seen(db: Database, clock: Clock, batch_id: UUID) -> MoveBatch:
    async with db.fleet_tx() as tx:
        return await read.batch(tx, clock, batch_id)


def _record(tx: Transaction, verb: str, row: MoveRow, status: str) -> None:
    before, after = {"status": row.status}, {"status": status, "address": row.address}
    audit.record_for_fleet(tx, f"moves.{verb}", encode(steps.PREFIX, row.id), before=before, after=after)
