"""How nodes were: a few numbers every five minutes, kept for a month, and what became of each (fleet role)."""

from datetime import timedelta
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.nodes.queries import life as queries
from control_plane.nodes.schemas import Sample, Turn

_KEPT = timedelta(days=30)
_MOST_TURNS = 20


async def take_samples(db: Database, clock: Clock) -> None:
    """Keep how each node is now, and forget what is old."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        await queries.sample(tx.connection, now)
        await queries.forget(tx.connection, now - _KEPT)


async def samples(tx: Transaction, node_id: UUID, clock: Clock, span: timedelta) -> list[Sample]:
    """Give how a node was, oldest first."""
    return [Sample(**row) for row in await queries.samples_of(tx.connection, node_id, clock.now() - span)]


async def turns(tx: Transaction, node_id: UUID) -> list[Turn]:
    """Give what became of a node, newest first; the last twenty changes."""
    return [Turn(**row) for row in await queries.changes_of(tx.connection, node_id, _MOST_TURNS)]
