"""Recount what there is, and forget windows that nobody looks at any more."""

from datetime import timedelta

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.quotas.queries import recount as queries

_KEPT = timedelta(days=400)

_log = structlog.get_logger()


async def recount(db: Database, clock: Clock) -> int:
    """Put every counter right that differs from what there is; gives how many did.

    Limits that were set while a window ran begin to be kept here too: an agency's counter then knows what its clients
    used before.
    """
    now = clock.now()
    async with db.fleet_tx() as tx:
        drifted = await queries.drifted(tx, now)
    for counter in drifted:
        async with db.fleet_tx() as tx:  # one at a time: who locks two could wait in a circle
            await queries.put_right(tx, counter)
    if drifted:
        _log.info("counters were put right", action="quotas.recounted", counters=len(drifted))
    return len(drifted)


async def purge(db: Database, clock: Clock) -> None:
    """Forget windows of more than a year ago."""
    async with db.fleet_tx() as tx:
        await queries.purge(tx, clock.now() - _KEPT)
