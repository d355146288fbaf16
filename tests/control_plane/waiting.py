"""Transactions that wait for each other, interleaved by hand."""

import asyncio

from control_plane.core.database import Database

_IS_ANYBODY_WAITING = "select exists (select from pg_locks where not granted)"


async def until_blocked(db: Database) -> None:
    """Wait until somebody waits for a row that another transaction has."""
    async with asyncio.timeout(10):
        is_waiting = False
        while not is_waiting:
            async with db.fleet_tx() as tx:
                is_waiting = await tx.connection.fetchval(_IS_ANYBODY_WAITING)
