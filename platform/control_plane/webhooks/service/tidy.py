"""Give up what is not to be sent any more, and forget old counts and replays."""

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.webhooks.queries import tidying

_AT_ONCE = 2000
_ROUNDS = 50


async def tidy(db: Database, clock: Clock) -> None:
    """Give up what waited for three days, or was for a webhook that is off or gone, in short transactions."""
    for _ in range(_ROUNDS):
        async with db.fleet_tx() as tx:
            if not await tidying.give_up(tx, clock.now(), _AT_ONCE):
                break
    async with db.fleet_tx() as tx:
        await tidying.forget_hours(tx, clock.now())
        await tidying.forget_replays(tx, clock.now())
