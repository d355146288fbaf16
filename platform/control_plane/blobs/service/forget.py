"""Forgetting files: their contents first, so that whoever is killed in between finds them again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.blobs import queries
from control_plane.core.blobs import Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction

_AT_ONCE = 200


async def end_use(tx: Transaction, users: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """Note what uses its files no more, by tenant and id (fleet role); those that nothing else uses go soon."""
    await queries.end_use(tx.connection, users, now)


async def forget(db: Database, clock: Clock, blobs: Blobs) -> int:
    """Forget files whose time is over; gives how many. Raises `StoreAway`."""
    forgotten, found = 0, _AT_ONCE
    while found == _AT_ONCE:
        async with db.fleet_tx() as tx:
            due = await queries.due(tx.connection, clock.now(), _AT_ONCE)
            used = set(await queries.keep_used(tx.connection, due))
            gone = [key for key in due if key not in used]
            await blobs.delete(gone)
            await queries.drop(tx.connection, gone)
        found = len(due)
        forgotten += len(gone)
    return forgotten
