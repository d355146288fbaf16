"""People who belong nowhere any more, as after their account was erased: forgotten after a while."""

from datetime import timedelta

from control_plane.accounts.queries import users
from control_plane.core.clock import Clock
from control_plane.core.database import Database

KEPT = timedelta(days=30)
"""So long somebody can be invited again and sign in as before."""


async def forget(db: Database, clock: Clock) -> int:
    """Delete those whose time is over; gives how many."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        await users.note_placeless(tx, now)
        return await users.delete_placeless(tx, now - KEPT)
