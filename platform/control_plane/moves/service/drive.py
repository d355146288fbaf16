"""Drive all moves on: looks at what is under way and at whose turn is next, and does a step where one is due.

Each step is a transaction of its own; killed at any moment, the next run goes on from what is stored.
"""

from datetime import timedelta
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.moves import decide, fleet
from control_plane.moves.queries import fleet as nodes_of
from control_plane.moves.queries import moves as queries
from control_plane.moves.service import steps
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ALL_ROLES, ItemChange
from tenant_agent import wire

_AT_ONCE = 200
_HEARD_BY_THEN = timedelta(minutes=10)
"""After this a node that was told of the switch and has not said so is not waited for."""
_REMEMBERED = timedelta(days=90)


async def drive(db: Database, clock: Clock) -> None:
    """Do all that is due."""
    for move_id in await _due(db, clock):
        await steps.step(db, clock, move_id)
    await _finish(db, clock)
    await _forget_old_copies(db, clock)


async def forget(db: Database, clock: Clock) -> None:
    """Forget moves that have long been over."""
    async with db.fleet_tx() as tx:
        await queries.forget(tx.connection, clock.now() - _REMEMBERED)


async def _due(db: Database, clock: Clock) -> list[UUID]:
    """Look without any lock; each step decides anew."""
    async with db.fleet_tx() as tx:
        rows = await queries.under_way(tx.connection)
        rows += await queries.first_waiting(tx.connection, fleet.MOST_MOVES)
        if not rows:
            return []
        ids = {node_id for row in rows for node_id in (row.source_id, row.target_id) if node_id is not None}
        known = await steps.whole_fleet(tx)
        gone = await nodes_of.nodes_of(tx.connection, ids - known.nodes.keys(), counted=False)
    seen = fleet.Fleet(nodes={**known.nodes, **{node.id: node for node in gone}}, busy=known.busy)
    return [row.id for row in rows if _is_due(row, seen, clock)]


def _is_due(row: queries.MoveRow, seen: fleet.Fleet, clock: Clock) -> bool:
    decision = decide.decide(steps.moving(row), seen, clock.now())
    return decision is not None and (decision.progress != steps.progress(row) or decision.waits_for != row.waits_for)


async def _finish(db: Database, clock: Clock) -> None:
    """Note which moves all nodes have heard of."""
    async with db.fleet_tx() as tx:
        for row in await queries.switched(tx.connection, _AT_ONCE):
            is_late = row.switched_at is None or clock.now() - row.switched_at >= _HEARD_BY_THEN
            if is_late or await nodes.hold(tx, row.tenant_id, "mailbox", [row.address]):
                await queries.finish(tx.connection, row.id, clock.now())


async def _forget_old_copies(db: Database, clock: Clock) -> None:
    async with db.fleet_tx() as tx:
        old = await queries.with_old_copy(tx.connection, clock.now(), _AT_ONCE)
    for row in old:
        async with db.fleet_tx() as tx:
            is_back = row.mailbox_at == row.source_id
            if await queries.forget_old_copy(tx.connection, row.id) and not is_back:
                uid = await queries.system_uid(tx.connection, row.tenant_id)
                change = ItemChange(kind="home", key=wire.home_key(uid, row.address), item=None)
                await nodes.publish(tx, row.tenant_id, [change], ALL_ROLES, only_node=row.source_id)
