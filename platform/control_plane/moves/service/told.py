"""What a source says of a pass: believed only of the pass that was asked of that very node, and only once."""

from datetime import timedelta
from uuid import UUID

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import MalformedId, NodeId, decode
from control_plane.core.tenancy import acting_for
from control_plane.mailboxes import service as mailboxes
from control_plane.moves import life
from control_plane.moves.decide import Decision
from control_plane.moves.life import PassEnded
from control_plane.moves.queries import moves as queries
from control_plane.moves.queries.moves import MoveRow
from control_plane.moves.service import steps
from tenant_agent import wire

_log = structlog.get_logger()

_OLD_COPY_KEPT = timedelta(days=7)
_LONGEST_PROBLEM = 500
_MOST_MESSAGES, _MOST_BYTES = 2**31, 2**50
_NO_REASON = "The node did not say why."


class _NotAwaited(Exception):
    """The switch is not made: something else became of the move or the mailbox meanwhile."""


async def told(db: Database, node_id: NodeId, said: wire.Moved, clock: Clock) -> None:
    """Take in how a pass ended; what this node has no say in, or is not waited for, changes nothing."""
    move_id = _id(said.move_id)
    if move_id is None:
        return
    async with db.fleet_tx() as tx:
        row = await _own(tx, move_id, node_id)
        if row is None:
            return
        after = life.heard(steps.progress(row), _read(said), clock.now())
        if after is None:
            return
        if after.status != "switched":
            changed = await steps.apply(tx, row, Decision(progress=after, target_id=row.target_id), clock.now())
            if changed.status in life.OPEN and changed.asked_at is None:
                await steps.go_on(tx, changed, clock.now())
            tx.outbox.trigger(steps.DRIVE_JOB)
            return
    await _switch(db, row, after, clock)


async def _own(tx: Transaction, move_id: UUID, node_id: NodeId) -> MoveRow | None:
    """Find and lock a move of which the node is the source; what is not its own it cannot even hold up."""
    seen = await queries.find(tx.connection, move_id)
    if seen is None or seen.source_id != node_id:
        _log.warning("a node spoke of a move that is not its own", action="moves.not_its_own", node=str(node_id))
        return None
    return await queries.find(tx.connection, move_id, lock=True)


async def _switch(db: Database, row: MoveRow, after: life.Progress, clock: Clock) -> None:
    """Have the mailbox be at its new node, in one transaction of its tenant's."""
    try:
        with acting_for(row.tenant_id):
            async with db.tenant_tx() as tx:
                await _rehome(tx, row, after, clock)
    except _NotAwaited:
        _log.warning("a mailbox was not switched", action="moves.not_switched", address=row.address)
    else:
        _log.info("a mailbox has moved", action="moves.switched", address=row.address)


async def _rehome(tx: Transaction, row: MoveRow, after: life.Progress, clock: Clock) -> None:
    assert row.target_id is not None
    counts, now = (after.messages, after.size_bytes), clock.now()
    if not (
        await queries.mark_switched(tx.connection, row.id, row.number, *counts, now, now + _OLD_COPY_KEPT)
        and await mailboxes.rehome(tx, row.mailbox_id, row.source_id, row.target_id)
    ):
        raise _NotAwaited
    await steps.withdraw(tx, row)
    tx.outbox.signal(steps.CHANNEL)
    tx.outbox.trigger(steps.DRIVE_JOB)


def _read(said: wire.Moved) -> PassEnded:
    """Cut what was said to what can be true."""
    problem = said.problem if said.problem is None else _line(said.problem) or _NO_REASON
    return PassEnded(
        phase=said.phase,
        number=said.number,
        messages=min(max(said.messages, 0), _MOST_MESSAGES),
        size_bytes=min(max(said.size_bytes, 0), _MOST_BYTES),
        agrees=said.agrees,
        problem=problem,
    )


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:_LONGEST_PROBLEM]).strip()


def _id(text: str) -> UUID | None:
    try:
        return decode(steps.PREFIX, text)
    except MalformedId:
        return None
