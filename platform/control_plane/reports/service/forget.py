"""Forget reports that nobody will ask for any more."""

from datetime import timedelta

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import lower_bound
from control_plane.reports.queries import retention as queries

_KEPT = timedelta(days=400)
"""A year can be compared with the one before."""


async def forget_old(db: Database, clock: Clock) -> None:
    """Delete what is older than 400 days."""
    before = clock.now() - _KEPT
    async with db.fleet_tx() as tx:
        await queries.forget(tx.connection, before.date(), lower_bound(before))
