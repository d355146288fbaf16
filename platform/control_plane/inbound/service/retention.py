"""How long mail is kept after somebody has taken it."""

from datetime import timedelta

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.inbound import queries

BODIES_KEPT = timedelta(days=7)
MAILS_KEPT = timedelta(days=30)
MOST_KEPT_BYTES = 2 * 1024**3
"""Of settled mails' contents: whoever mails a lot to an open address shortens that time and fills no disk."""
_AT_ONCE = 1000


async def forget(db: Database, clock: Clock) -> None:
    """Drop what is older; a part at a time."""
    now = clock.now()
    while True:
        async with db.fleet_tx() as tx:
            dropped = await queries.forget_bodies(tx, now - BODIES_KEPT, MOST_KEPT_BYTES, _AT_ONCE)
            dropped += await queries.forget_mails(tx, now - MAILS_KEPT, _AT_ONCE)
        if not dropped:
            return
