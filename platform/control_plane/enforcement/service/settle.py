"""Bring what waits and what is held in line with what is paused; safe to be killed and to run twice.

A pause is in force for new mail at once, but for a few seconds in which some process still goes by what it knew: so the
queue is looked through again until those are over.
"""

from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.deliveries.schemas import PAUSE_FOLLOWED_SECONDS
from control_plane.enforcement.queries import queue as queries

_AT_ONCE = 2000
_MOST = 500


async def settle(db: Database, clock: Clock) -> None:
    """Bring every stream's mail in line."""
    async with db.fleet_tx() as tx:
        rows = await queries.unsettled(tx.connection, PAUSE_FOLLOWED_SECONDS, _MOST)
    for row in rows:
        now = clock.now()
        while await _move_some(db, row["tenant_id"], row["stream"]):
            pass
        async with db.fleet_tx() as tx:
            await queries.settled(tx.connection, row["tenant_id"], row["stream"], row["since"], now)


async def _move_some(db: Database, tenant_id: UUID, stream: str) -> bool:
    """Hold or free some deliveries, as the measure at this moment wants it; says whether there may be more."""
    async with db.fleet_tx() as tx:
        paused = await queries.lock(tx.connection, tenant_id, stream)
        if paused is None:
            return False
        pools = await queries.pools(tx.connection, tenant_id, stream)
        change = queries.hold if paused else queries.free
        return await change(tx.connection, tenant_id, pools, _AT_ONCE) == _AT_ONCE
