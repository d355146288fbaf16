"""Partitions, made in time."""

from control_plane.core.database import Database
from control_plane.deliveries.queries import partitions as queries

_PARTITIONED = ("messages", "deliveries", "events", "webhook_deliveries")
_WEEKS_AHEAD = 8


async def extend_partitions(db: Database) -> None:
    """Make the coming weeks' partitions of every partitioned table."""
    async with db.fleet_tx() as tx:
        for table in _PARTITIONED:
            await queries.extend_partitions(tx.connection, table, _WEEKS_AHEAD)
