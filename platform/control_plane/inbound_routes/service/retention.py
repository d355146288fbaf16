"""How long mail that came in is kept."""

from datetime import timedelta

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.inbound_routes.queries import messages

_AT_ONCE = 500


async def forget(db: Database, clock: Clock, days: int) -> None:
    """Drop what is older, a part at a time."""
    before = clock.now() - timedelta(days=days)
    while True:
        async with db.fleet_tx() as tx:
            if not await messages.forget(tx.connection, before, _AT_ONCE):
                return
