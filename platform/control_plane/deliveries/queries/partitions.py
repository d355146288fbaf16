"""Weekly partitions (fleet role)."""

from control_plane.core.database import Connection


async def extend_partitions(connection: Connection, table: str, weeks_ahead: int) -> int:
    """Make a table's missing weekly partitions; gives how many."""
    made: int = await connection.fetchval("select ensure_partitions($1, now(), $2)", table, weeks_ahead)
    return made
