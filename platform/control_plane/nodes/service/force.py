"""Wait until what a tenant has just changed is in force on its nodes, so that an answer can be relied on at once."""

import asyncio
from uuid import UUID

from control_plane.core.database import Database
from control_plane.core.valkey import Signals
from control_plane.nodes import channels
from control_plane.nodes.queries import presence as queries

_LOOK_EVERY_SECONDS = 0.2


async def wait_in_force(db: Database, signals: Signals, tenant_id: UUID, *, seconds: float) -> bool:
    """Wait until the tenant's reachable nodes have applied what is desired now; False when the time was up first."""
    async with db.fleet_tx() as tx:
        behind = await queries.nodes_behind(tx.connection, tenant_id)
    if not behind:
        return True
    try:
        async with asyncio.timeout(seconds), signals.listen(*map(channels.applied, behind)) as applied:
            while not await _all_reached(db, behind):
                await applied.next(_LOOK_EVERY_SECONDS)
    except TimeoutError:
        return False
    return True


async def _all_reached(db: Database, targets: dict[UUID, int]) -> bool:
    async with db.fleet_tx() as tx:
        return await queries.all_reached(tx.connection, targets)
