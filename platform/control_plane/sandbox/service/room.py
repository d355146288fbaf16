"""How much may be played for a tenant on a day: a limit of its own, so that none of its plan's is used."""

from datetime import date, datetime, timedelta

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.sandbox.errors import SandboxLimit
from control_plane.sandbox.queries import usage as queries

MOST_A_DAY = 10_000
"""Recipients: enough for every test that somebody runs all day, and no load to speak of."""
_KEPT = timedelta(days=2)


class Room:
    """What is left of a day, handed out message by message; what was taken is counted by `settle`."""

    def __init__(self, tx: Transaction, day: date, left: int) -> None:
        self._tx = tx
        self._day = day
        self._left = left
        self._taken = 0

    @classmethod
    async def take(cls, tx: Transaction, now: datetime) -> "Room":
        """Lock the bound tenant's count; nobody else has anything played until the transaction ends."""
        used = await queries.hold(tx.connection, bound_tenant(), now.date())
        return cls(tx, now.date(), MOST_A_DAY - used)

    def refusal(self, deliveries: int) -> SandboxLimit | None:
        """Say whether so many more do not fit."""
        return SandboxLimit() if deliveries > self._left else None

    def use(self, deliveries: int) -> None:
        """Take so many."""
        self._left -= deliveries
        self._taken += deliveries

    async def settle(self) -> None:
        """Count what was taken."""
        if self._taken:
            await queries.count(self._tx.connection, bound_tenant(), self._day, self._taken)


async def forget_usage(db: Database, clock: Clock) -> None:
    """Forget the counts of days that are over."""
    async with db.fleet_tx() as tx:
        await queries.forget(tx.connection, (clock.now() - _KEPT).date())
