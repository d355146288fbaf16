"""End what was for a time only."""

from itertools import groupby

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.suppressions.queries import end as queries
from control_plane.suppressions.service.tell import DELETED, tell

_AT_ONCE = 1000


async def expire(db: Database, clock: Clock) -> int:
    """End all suppressions whose time is over, and tell of it; gives how many."""
    ended, some = 0, _AT_ONCE
    while some == _AT_ONCE:
        now = clock.now()
        async with db.fleet_tx() as tx:
            rows = sorted(await queries.expire(tx.connection, now, _AT_ONCE), key=lambda each: each[0])
            for tenant_id, own in groupby(rows, key=lambda each: each[0]):
                await tell(tx, tenant_id, DELETED, [row for _, row in own], now)
        some = len(rows)
        ended += some
    return ended
