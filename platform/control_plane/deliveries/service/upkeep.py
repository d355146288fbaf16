"""Partitions, made in time and dropped in time.

A message may go 30 days after it was accepted, and can be looked at for 30 days from then. What was sent to webhooks of
its events may be a replay of what happened 30 days before, and goes before the events do.
"""

from datetime import datetime, timedelta

import asyncpg
import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.deliveries.queries import partitions as queries
from control_plane.deliveries.queries.partitions import Week

_PARTITIONED = ("messages", "deliveries", "events", "webhook_deliveries")
_WEEKS_AHEAD = 8
_KEPT = {
    "webhook_deliveries": timedelta(days=30),
    "deliveries": timedelta(days=67),
    "messages": timedelta(days=67),
    "events": timedelta(days=75),
}
"""For how long a week is kept after it has ended, in the order in which they go."""
_OF_MESSAGES = ("deliveries", "messages")
_QUIET_FOR = timedelta(days=14)
"""Longer than Postfix tries (5 days) and its last events may take to get here (7 days)."""

_log = structlog.get_logger()


async def extend_partitions(db: Database) -> None:
    """Make the coming weeks' partitions of every partitioned table."""
    async with db.fleet_tx() as tx:
        for table in _PARTITIONED:
            await queries.extend_partitions(tx.connection, table, _WEEKS_AHEAD)


async def drop_partitions(db: Database, clock: Clock) -> int:
    """Drop the weeks whose time is over; gives how many partitions. What is not to be had just now goes another day."""
    now, dropped = clock.now(), 0
    for table, kept in _KEPT.items():
        async with db.fleet_tx() as tx:
            weeks = await queries.ended(tx.connection, table, now - kept)
        for week in weeks:
            dropped += await _drop(db, table, week, now)
    return dropped


async def _drop(db: Database, table: str, week: Week, now: datetime) -> bool:
    try:
        async with db.fleet_tx() as tx:
            if table in _OF_MESSAGES and await queries.is_needed(tx.connection, week, now - _QUIET_FOR):
                _log.warning("an old week has mail that is not done", action="deliveries.week_kept", week=week.name)
                return False
            await queries.drop(tx.connection, table, week)
    except asyncpg.LockNotAvailableError:
        _log.info("a table is in use, and keeps a week", action="deliveries.week_in_use", week=week.name)
        return False
    return True
