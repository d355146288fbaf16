"""Read messages back. Every statement bounds ids: ids carry the time, so that only the right partitions are opened."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core import ids
from control_plane.core.database import Connection

_COLUMNS = "m.id, m.from_email, m.subject, m.stream, m.tags, m.metadata::text as metadata"
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
_SKEW_MS = 24 * 3600 * 1000
"""How far a node's clock may be behind: its events' ids may be that much older than their message's."""

_EVENTS = """
select id, type, at, delivery_id, data::text as data, of_all from (
  select id, type, at, delivery_id, data, count(*) over (partition by delivery_id) as of_all,
    row_number() over (partition by delivery_id order by at, id) as place
  from events where tenant_id = $1 and message_id = $2 and id >= $3
) told where place <= $4 or place > of_all - $4 order by at, id
"""


async def message(connection: Connection, tenant_id: UUID, message_id: UUID) -> asyncpg.Record | None:
    """Find a message."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from messages m where m.tenant_id = $1 and m.id = $2",  # noqa: S608 our own columns
        tenant_id,
        message_id,
    )


async def deliveries(connection: Connection, tenant_id: UUID, message_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Find the messages' deliveries, in the order in which their recipients were given."""
    first, last = millisecond(min(message_ids))[0], millisecond(max(message_ids))[1]
    return await connection.fetch(
        """select id, message_id, kind, recipient, status, held_for, send_at, pool_id from deliveries
           where tenant_id = $1 and message_id = any ($2) and id >= $3 and id < $4 order by id""",
        tenant_id,
        message_ids,
        first,
        last,
    )


async def events(connection: Connection, tenant_id: UUID, message_id: UUID, most: int) -> list[asyncpg.Record]:
    """Find a message's events, oldest first: of each delivery the first and the last, and of how many they are."""
    earliest = UUID(int=ids.time_ms_of(message_id) - _SKEW_MS << 80)
    return await connection.fetch(_EVENTS, tenant_id, message_id, earliest, most)


async def page(
    connection: Connection,
    tenant_id: UUID,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: UUID | None,
) -> list[asyncpg.Record]:
    """Give messages of a time, newest first."""
    last = ids.lower_bound(until) if until else _LAST
    return await connection.fetch(
        f"""select {_COLUMNS} from messages m where m.tenant_id = $1 and m.id >= $2 and m.id < $3
            order by m.id desc limit $4""",  # noqa: S608 our own columns
        tenant_id,
        ids.lower_bound(since) if since else _FIRST,
        min(after or _LAST, last),
        limit,
    )


async def summaries(connection: Connection, tenant_id: UUID, message_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Find these messages, newest first."""
    return await connection.fetch(
        f"""select {_COLUMNS} from messages m where m.tenant_id = $1 and m.id = any ($2) and m.id between $3 and $4
            order by m.id desc""",  # noqa: S608 our own columns
        tenant_id,
        message_ids,
        min(message_ids),
        max(message_ids),
    )


def millisecond(message_id: UUID) -> tuple[UUID, UUID]:
    """Bound the ids that were made in the same millisecond as this one: those of its deliveries."""
    start = ids.time_ms_of(message_id)
    return UUID(int=start << 80), UUID(int=start + 1 << 80)
