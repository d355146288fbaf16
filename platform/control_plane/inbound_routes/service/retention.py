"""How long mail that came in is kept, and how much of it."""

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


async def make_room(db: Database, most_bytes: int) -> None:
    """Throw the oldest mails themselves away where a tenant has more than its share; what is known of them stays."""
    async with db.fleet_tx() as tx:
        crowded = await messages.crowded(tx.connection, most_bytes)
    for tenant_id in crowded:
        dropped = _AT_ONCE
        while dropped == _AT_ONCE:
            async with db.fleet_tx() as tx:
                dropped = await messages.forget_oldest(tx.connection, tenant_id, most_bytes, _AT_ONCE)
