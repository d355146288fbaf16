"""The SQL of reading events in the order in which they were stored.

Each row knows the transaction that stored it. What lies below the oldest transaction that is still open is complete:
nothing comes in there any more, so that who has read up to it has missed nothing. See docs/webhooks.md.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import lower_bound
from control_plane.events.payloads import COLUMNS
from control_plane.events.position import Position

_HORIZON = """
select pg_snapshot_xmin(pg_current_snapshot())::text as below,
  ('x' || left(md5(system_identifier || left(pg_walfile_name(pg_current_wal_lsn()), 8)), 8))::bit(32)::bigint as era
from pg_control_system()"""

_RANGE = """
e.tenant_id = $1 and (e.stored_in, e.id) > ($2::text::xid8, $3) and e.stored_in < $4::text::xid8 and e.id >= $5"""

_PAGE = f"""
select e.stored_in::text as stored_in, {COLUMNS}
from (select e.* from events e where {_RANGE} order by e.stored_in, e.id limit $6) e
left join messages m on m.tenant_id = $1 and m.id = e.message_id
where $7::text[] is null or e.type = any ($7) order by e.stored_in, e.id limit $8"""  # noqa: S608 our own conditions

_SCANNED = f"""
select e.stored_in::text as stored_in, e.id from events e where {_RANGE}
order by e.stored_in, e.id offset $6 limit 1"""  # noqa: S608 our own conditions


class Horizon(msgspec.Struct, frozen=True):
    """Up to where events are complete: below this transaction, of this database."""

    below: int
    era: int


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are looked at: after a position, below a horizon, not from before a moment."""

    after: Position
    below: int
    floor: datetime


async def horizon(connection: Connection) -> Horizon:
    """Find up to where events are complete just now."""
    row = await connection.fetchrow(_HORIZON)
    assert row is not None, "it gives one row"
    return Horizon(int(row["below"]), row["era"])


async def page(
    connection: Connection, tenant_id: UUID, wanted: Range, types: Sequence[str] | None, limit: int, most: int
) -> list[asyncpg.Record]:
    """Find the next events of some types among the next `most` of any."""
    return await connection.fetch(_PAGE, tenant_id, *_values(wanted), most, types, limit)


async def scanned(connection: Connection, tenant_id: UUID, wanted: Range, most: int) -> Position | None:
    """Give the position right after the next `most` events; None if there are not that many."""
    row = await connection.fetchrow(_SCANNED, tenant_id, *_values(wanted), most - 1)
    return Position(int(row["stored_in"]), row["id"]) if row else None


def _values(wanted: Range) -> tuple[str, UUID, str, UUID]:
    return str(wanted.after.transaction), wanted.after.event_id, str(wanted.below), lower_bound(wanted.floor)
