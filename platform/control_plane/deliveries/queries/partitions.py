"""Weekly partitions (fleet role)."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.deliveries.schemas import AT_A_NODE, WITH_US

# Named here, these states let the index be used that leaves out what was delivered.
_NEEDED = f"""
select exists (
  select from deliveries d where d.id >= $1 and d.id < $2
    and (d.status in {WITH_US} or d.status in {AT_A_NODE} and d.last_event_at > $3)
) or exists (select from blob_uses u where u.used_by >= $1 and u.used_by < $2)"""  # noqa: S608 our own states


class Week(msgspec.Struct, frozen=True):
    """A partition: its name, the first id that it holds, and the first that it does not."""

    name: str
    first: UUID
    last: UUID


async def extend_partitions(connection: Connection, table: str, weeks_ahead: int) -> int:
    """Make a table's missing weekly partitions; gives how many."""
    made: int = await connection.fetchval("select ensure_partitions($1, now(), $2)", table, weeks_ahead)
    return made


async def ended(connection: Connection, table: str, before: datetime) -> list[Week]:
    """List a table's partitions that end before a moment, the oldest first."""
    rows = await connection.fetch(
        "select name, first, last from partitions_of($1) where last <= uuid_at($2) order by first", table, before
    )
    return [Week(*row.values()) for row in rows]


async def is_needed(connection: Connection, week: Week, quiet_since: datetime) -> bool:
    """Say whether messages of a week still wait or are under way, or have files that are kept."""
    needed: bool = await connection.fetchval(_NEEDED, week.first, week.last, quiet_since)
    return needed


async def drop(connection: Connection, table: str, week: Week) -> None:
    """Drop a partition of more than 30 days ago; raises `LockNotAvailableError` while the table is used for long."""
    await connection.execute("select drop_partition($1, $2)", table, week.name)
