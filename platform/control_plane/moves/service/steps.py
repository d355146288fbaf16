"""One step of one move: decided under the locks of the move and of the nodes, stored, and told to the two nodes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.moves import decide, life
from control_plane.moves.decide import Decision, Moving
from control_plane.moves.fleet import Fleet
from control_plane.moves.life import Progress
from control_plane.moves.queries import fleet as nodes_of
from control_plane.moves.queries import moves as queries
from control_plane.moves.queries.moves import MoveRow
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ALL_ROLES, ItemChange
from tenant_agent import wire

PREFIX, BATCH_PREFIX = "mov", "mvb"
DRIVE_JOB = "moves.drive"
CHANNEL = "moves"
"""Signalled when any move has gone on."""
_PROGRESS = Progress.__struct_fields__


async def step(db: Database, clock: Clock, move_id: UUID) -> None:
    """Do what is due about a move, if anything is."""
    async with db.fleet_tx() as tx:
        row = await queries.find(tx.connection, move_id, lock=True)
        if row is not None and row.status in life.OPEN:
            await go_on(tx, row, clock.now())


async def go_on(tx: Transaction, row: MoveRow, now: datetime) -> MoveRow:
    """Do what is due about a locked move (fleet role); gives what it is then."""
    await nodes.hold_still(tx, row.tenant_id)
    decision = decide.decide(moving(row), await fleet_for(tx, row), now)
    return row if decision is None else await apply(tx, row, decision, now)


async def fleet_for(tx: Transaction, row: MoveRow) -> Fleet:
    """Give the nodes that a decision on a move is about: its two, or all while it has no target (fleet role)."""
    chooses = row.target_id is None
    ids = None if row.target_id is None else (row.source_id, row.target_id)
    found = await whole_fleet(tx, ids, counted=chooses)
    if row.source_id in found.nodes:
        return found
    [source] = await nodes_of.nodes_of(tx.connection, [row.source_id], counted=False)  # it is retired
    return msgspec.structs.replace(found, nodes={**found.nodes, source.id: source})


async def whole_fleet(tx: Transaction, ids: Collection[UUID] | None = None, *, counted: bool = False) -> Fleet:
    """Give all nodes that are not retired, or those with these ids (fleet role)."""
    listed = await nodes_of.nodes_of(tx.connection, ids, counted=counted)
    return Fleet(nodes={node.id: node for node in listed}, busy=await nodes_of.busy(tx.connection, ids))


async def apply(tx: Transaction, row: MoveRow, decision: Decision, now: datetime) -> MoveRow:
    """Store what a move is from now on, and tell its nodes (fleet role)."""
    changed = _changed(row, decision, now)
    if changed != row:
        await queries.save(tx.connection, changed)
        await _tell(tx, row, changed)
        tx.outbox.signal(CHANNEL)
    return changed


def moving(row: MoveRow) -> Moving:
    """Read a stored move for a decision."""
    return Moving(
        progress=progress(row),
        source_id=row.source_id,
        target_id=row.target_id,
        target_given=row.target_given,
        is_paused=row.is_paused,
        mailbox_at=row.mailbox_at,
        in_force=row.in_force,
    )


def progress(row: MoveRow) -> Progress:
    """Read how far a stored move is."""
    return Progress(**{name: getattr(row, name) for name in _PROGRESS})


def _changed(row: MoveRow, decision: Decision, now: datetime) -> MoveRow:
    after = decision.progress
    target = decision.target_id
    return msgspec.structs.replace(
        row,
        **msgspec.structs.asdict(after),
        target_id=None if target is None else NodeId(target),
        waits_for=decision.waits_for,
        began_at=(row.began_at or now) if after.status in life.ON_NODES else row.began_at,
        ended_at=None if after.status in life.OPEN else now,
    )


async def _tell(tx: Transaction, before: MoveRow, after: MoveRow) -> None:
    """Put the move's items in force, or take them away."""
    await nodes.hold_still(tx, after.tenant_id)  # two nodes are told: in the order in which all lock them
    if after.status in life.ON_NODES:
        if after.number != before.number:
            await _publish(tx, after)
    elif before.status in life.ON_NODES:
        await withdraw(tx, before)


async def _publish(tx: Transaction, row: MoveRow) -> None:
    assert row.target_id is not None
    source = wire.MoveItem(
        move_id=encode(PREFIX, row.id),
        address=row.address,
        system_uid=await queries.system_uid(tx.connection, row.tenant_id),
        role="source",
        peer_node_id=encode("nod", row.target_id),
        phase="final" if row.status == "final" else "copy",
        number=row.number,
    )
    target = msgspec.structs.replace(source, role="target", peer_node_id=encode("nod", row.source_id))
    for node_id, item in ((row.target_id, target), (row.source_id, source)):
        change = ItemChange(kind="move", key=row.address, item=item)
        await nodes.publish(tx, row.tenant_id, [change], ALL_ROLES, only_node=node_id)


async def withdraw(tx: Transaction, row: MoveRow) -> None:
    """Take a move off its nodes (fleet role, or the app role for its tenant)."""
    for node_id in (row.source_id, row.target_id):
        change = ItemChange(kind="move", key=row.address, item=None)
        await nodes.publish(tx, row.tenant_id, [change], ALL_ROLES, only_node=node_id)
