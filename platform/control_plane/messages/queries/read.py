"""Read messages back. Every statement bounds ids: ids carry the time, so that only the right partitions are opened."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core import ids
from control_plane.core.database import Connection
from control_plane.messages.schemas import Filters

_COLUMNS = "m.id, m.from_email, m.subject, m.stream, m.tags, m.metadata::text as metadata"
_SKEW_MS = 24 * 3600 * 1000
"""How far a node's clock may be behind: its events' ids may be that much older than their message's."""


async def message(connection: Connection, tenant_id: UUID, message_id: UUID) -> asyncpg.Record | None:
    """Find a message."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from messages m where m.tenant_id = $1 and m.id = $2",  # noqa: S608 our own columns
        tenant_id,
        message_id,
    )


async def deliveries(connection: Connection, tenant_id: UUID, message_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Find the messages' deliveries, in the order in which their recipients were given."""
    first, last = _millisecond(min(message_ids))[0], _millisecond(max(message_ids))[1]
    return await connection.fetch(
        """select id, message_id, kind, recipient, status from deliveries
           where tenant_id = $1 and message_id = any ($2) and id >= $3 and id < $4 order by id""",
        tenant_id,
        message_ids,
        first,
        last,
    )


async def events(connection: Connection, tenant_id: UUID, message_id: UUID) -> list[asyncpg.Record]:
    """Find a message's events, oldest first."""
    earliest = UUID(int=ids.time_ms_of(message_id) - _SKEW_MS << 80)
    return await connection.fetch(
        """select id, type, at, delivery_id, data::text as data from events
           where tenant_id = $1 and message_id = $2 and id >= $3 order by at, id""",
        tenant_id,
        message_id,
        earliest,
    )


async def page(
    connection: Connection, tenant_id: UUID, filters: Filters, limit: int, after: UUID | None
) -> list[asyncpg.Record]:
    """Find messages, newest first."""
    where, values = _conditions(filters, after)
    condition = " and ".join(["m.tenant_id = $1", *where])
    select = f"select {_COLUMNS} from messages m where {condition}"  # noqa: S608 conditions are ours, values are bound
    statement = f"{select} order by m.id desc limit ${len(values) + 2}"
    return await connection.fetch(statement, tenant_id, *values, limit)


def _conditions(filters: Filters, after: UUID | None) -> tuple[list[str], list[object]]:
    """Make the conditions that the filters ask for, with their values from $2 on."""
    delivery = "m.id in (select d.message_id from deliveries d where d.tenant_id = $1 and {} = ${{}})"
    status = "d.status" if filters.status == "delivered" else "d.status <> 'delivered' and d.status"  # see the index
    wanted: list[tuple[str, object]] = [
        ("m.id < ${}", after),
        ("m.from_email = ${}", filters.sender),
        ("m.stream = ${}", filters.stream),
        ("m.tags @> array[${}::text]", filters.tag),
        (delivery.format("d.recipient"), filters.recipient),
        (delivery.format(status), filters.status),
        ("m.id >= ${}", filters.since and ids.lower_bound(filters.since)),
        ("m.id < ${}", filters.until and ids.lower_bound(filters.until)),
    ]
    given = [(condition, value) for condition, value in wanted if value is not None]
    conditions = [condition.format(number) for number, (condition, _) in enumerate(given, start=2)]
    return conditions, [value for _, value in given]


def _millisecond(message_id: UUID) -> tuple[UUID, UUID]:
    """Bound the ids that were made in the same millisecond as this one."""
    start = ids.time_ms_of(message_id)
    return UUID(int=start << 80), UUID(int=start + 1 << 80)
