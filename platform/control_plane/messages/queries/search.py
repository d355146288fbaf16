"""Find the ids of messages, newest first; what row-level security would keep from an index is a function.

Every statement bounds ids: ids carry the time, so that only the right partitions are opened.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.database import Connection
from control_plane.deliveries.schemas import Status

_LATE = timedelta(days=7)
_EARLY = timedelta(days=1)
"""So much later an answer may come than its message, and so far a node's clock may be behind ours."""
_FIRST_TRY = timedelta(hours=1)

_BY_STATUS = """
select distinct message_id from deliveries
where tenant_id = $1 and {} and message_id >= $3 and message_id < $4 and id >= $3 and id < $5
order by message_id desc limit $6"""
_ENDS = """
select (select id from messages where tenant_id = $1 and id >= $2 and id < $3 order by id limit 1) as oldest,
       (select id from messages where tenant_id = $1 and id >= $2 and id < $3 order by id desc limit 1) as newest"""
_BY_QUEUE_ID = """
select message_id from events
where tenant_id = $1 and data ->> 'queue_id' = $2 and id >= $3 and id < $4 order by id limit 1"""


class Span(msgspec.Struct, frozen=True):
    """The ids from one on and before another."""

    first: UUID
    last: UUID

    def steps(self, length: timedelta) -> Iterator["Span"]:
        """Cut it into parts of a length, the last first."""
        high = self.last
        while high > self.first:
            low = max(self.first, moved(high, -length))
            yield Span(low, high)
            high = low


class Found(msgspec.Struct, frozen=True):
    """Ids of messages, newest first."""

    ids: list[UUID]
    reached: UUID | None = None
    """Older ones have not been looked at; None: there is nothing more."""


async def by_terms(
    connection: Connection,
    tenant_id: UUID,
    hashes: Sequence[int],
    status: Status | None,
    span: Span,
    most: int,
    seconds: float,
) -> Found:
    """Find messages that have all these terms, for so long at most."""
    row = await connection.fetchrow(
        "select ids, reached from find_messages($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        hashes,
        status,
        span.first,
        span.last,
        most,
        seconds,
    )
    assert row is not None
    return Found(list(row["ids"]), row["reached"])


async def by_reply(connection: Connection, tenant_id: UUID, phrase: str, span: Span, most: int) -> list[UUID]:
    """Find messages to which some server gave an answer with these words."""
    since, until = moved(span.first, -_EARLY), moved(span.last, _LATE)
    found: list[UUID] = await connection.fetchval(
        "select find_replies($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        phrase,
        span.first,
        span.last,
        since,
        until,
        most,
    )
    return found


async def by_status(connection: Connection, tenant_id: UUID, status: Status, span: Span, most: int) -> list[UUID]:
    """Find messages of which a recipient's copy is in a state."""
    condition = "status = $2" if status == "delivered" else "status <> 'delivered' and status = $2"  # see the index
    rows = await connection.fetch(
        _BY_STATUS.format(condition),
        tenant_id,
        status,
        span.first,
        span.last,
        moved(span.last, timedelta(milliseconds=1)),  # a delivery has the millisecond of its message
        most,
    )
    return [row["message_id"] for row in rows]


async def by_delivery(connection: Connection, tenant_id: UUID, delivery_id: UUID) -> UUID | None:
    """Find the message of a delivery."""
    found: UUID | None = await connection.fetchval(
        "select message_id from deliveries where tenant_id = $1 and id = $2", tenant_id, delivery_id
    )
    return found


async def by_queue_id(connection: Connection, tenant_id: UUID, queue_id: str, queued: UUID) -> UUID | None:
    """Find the message of a queue id, knowing the smallest id of the moment in which a node queued it."""
    found: UUID | None = await connection.fetchval(
        _BY_QUEUE_ID,
        tenant_id,
        queue_id,
        moved(queued, -timedelta(seconds=1)),
        moved(queued, _FIRST_TRY),
    )
    return found


async def narrowed(connection: Connection, tenant_id: UUID, span: Span) -> Span | None:
    """Give the part of a span in which the tenant has messages; None: it has none there."""
    row = await connection.fetchrow(_ENDS, tenant_id, span.first, span.last)
    if row is None or row["oldest"] is None:
        return None
    return Span(row["oldest"], UUID(int=row["newest"].int + 1))


async def with_terms(
    connection: Connection, tenant_id: UUID, message_ids: Collection[UUID], hashes: Sequence[int], span: Span
) -> set[UUID]:
    """Give those of the messages that lie in the span and have all these terms."""
    rows = await connection.fetch(
        """select id from messages where tenant_id = $1 and id = any ($2) and id >= $3 and id < $4
             and terms @> terms_of_hour(hour_number(id), $5)""",
        tenant_id,
        list(message_ids),
        span.first,
        span.last,
        hashes,
    )
    return {row["id"] for row in rows}


async def with_status(
    connection: Connection, tenant_id: UUID, message_ids: Collection[UUID], status: Status
) -> set[UUID]:
    """Give those of the messages of which a recipient's copy is in a state."""
    rows = await connection.fetch(
        """select distinct message_id from deliveries
           where tenant_id = $1 and message_id = any ($2) and status = $3 and id >= $4 and id < $5""",
        tenant_id,
        list(message_ids),
        status,
        moved(min(message_ids), timedelta()),
        moved(max(message_ids), timedelta(milliseconds=1)),
    )
    return {row["message_id"] for row in rows}


def moved(value: UUID, by: timedelta) -> UUID:
    """Give the smallest id of a moment before or after that of another."""
    moved_ms = ids.time_ms_of(value) + by // timedelta(milliseconds=1)
    return UUID(int=min(max(moved_ms, 0), (1 << 48) - 1) << 80)
