"""Show what became of messages."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import replace

from control_plane.core import ids
from control_plane.core.database import Connection, Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.pagination import LIMIT_MAX, Page, cursor
from control_plane.core.tenancy import bound_tenant
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.events import event_of
from control_plane.messages.queries import read
from control_plane.messages.schemas import (
    Filters,
    Message,
    MessageSummary,
    Recipient,
    RecipientTimeline,
)
from control_plane.messages.search.asked import Asked
from control_plane.messages.search.language import asked_by
from control_plane.messages.service.search import find_ids, searching
from control_plane.messages.statuses import summary

_MOST_AT_EITHER_END = 10
"""Of what happened to a recipient, so many events from the first on and so many up to the last are told."""


async def find(db: Database, message_id: str) -> Message:
    """Give a message of the bound tenant with its recipients' timelines; raises `NotFound`."""
    wanted = ids.decode("msg", message_id)
    async with db.tenant_tx() as tx:
        message = await found(tx, wanted)
        events = await read.events(tx.connection, bound_tenant(), wanted, _MOST_AT_EITHER_END)
    timelines: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for event in events:
        timelines[event["delivery_id"]].append(event)
    recipients = tuple(_told(each, timelines[ids.decode("dlv", each.delivery_id)]) for each in message.recipients)
    return replace(message, recipients=recipients)


async def found(tx: Transaction, message_id: UUID) -> Message:
    """Give it as this transaction sees it, without what happened: there may be much of that."""
    tenant_id = bound_tenant()
    row = await read.message(tx.connection, tenant_id, message_id)
    if row is None:
        raise NotFound
    deliveries = await read.deliveries(tx.connection, tenant_id, [message_id])
    recipients = tuple(RecipientTimeline(**_recipient(each), events=()) for each in deliveries)
    status, sandbox = summary(each.status for each in recipients), goes_nowhere(recipients)
    send_at = min((row["send_at"] for row in deliveries if row["status"] == "scheduled"), default=None)
    return Message(**_common(row), status=status, sandbox=sandbox, send_at=send_at, recipients=recipients)


async def listing(db: Database, filters: Filters, limit: int, after: str | None, now: datetime) -> Page[MessageSummary]:
    """Give a page of the bound tenant's messages, newest first; raises `Invalid`, `SearchTooWide`.

    A search that takes long ends its page early, perhaps with nothing on it: `next` goes on from there.
    """
    last, asked = cursor("msg", after), asked_by(filters, now)
    async with searching(db) as tx:
        rows, reached = await _rows(tx.connection, asked, limit + 1, last)
        shown = rows[:limit]
        recipients = await _recipients(tx.connection, [row["id"] for row in shown])
    data = tuple(_summary(row, recipients[row["id"]]) for row in shown)
    if len(rows) > limit:
        return Page(data, data[-1].id)
    return Page(data, ids.encode("msg", reached) if reached else None)


async def every(db: Database, filters: Filters, most: int, now: datetime) -> AsyncGenerator[MessageSummary]:
    """Give all messages of a search, newest first; no connection is held between two pages."""
    left, after = most, None
    while left:
        page = await listing(db, filters, min(left, LIMIT_MAX), after, now)
        for message in page.data:
            yield message
        left, after = left - len(page.data), page.next
        if after is None:
            return


async def _rows(
    connection: Connection, asked: Asked, most: int, after: UUID | None
) -> tuple[list[asyncpg.Record], UUID | None]:
    """Give messages, and how far back was looked if that was not all the way."""
    if not asked.is_search:
        return await read.page(connection, bound_tenant(), asked.since, asked.until, most, after), None
    found = await find_ids(connection, asked, after, most)
    rows = await read.summaries(connection, bound_tenant(), found.ids) if found.ids else []
    return rows, found.reached


async def _recipients(connection: Connection, message_ids: Sequence[UUID]) -> dict[UUID, list[Recipient]]:
    recipients: dict[UUID, list[Recipient]] = defaultdict(list)
    if message_ids:
        for each in await read.deliveries(connection, bound_tenant(), message_ids):
            recipients[each["message_id"]].append(Recipient(**_recipient(each)))
    return recipients


def _told(recipient: RecipientTimeline, events: Sequence[asyncpg.Record]) -> RecipientTimeline:
    """Tell what happened to them, as far as it was read."""
    left_out = events[0]["of_all"] - len(events) if events else 0
    return replace(recipient, events=tuple(map(event_of, events)), events_left_out=left_out)


def _summary(row: asyncpg.Record, recipients: list[Recipient]) -> MessageSummary:
    status = summary(each.status for each in recipients)
    sandbox = goes_nowhere(recipients)
    return MessageSummary(**_common(row), status=status, sandbox=sandbox, recipients=tuple(recipients))


def _common(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": ids.encode("msg", row["id"]),
        "created_at": ids.time_of(row["id"]),
        "sender": row["from_email"],
        "subject": row["subject"],
        "stream": row["stream"],
        "tags": tuple(row["tags"]),
        "metadata": msgspec.json.decode(row["metadata"], type=dict[str, str]),
    }


def _recipient(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "email": row["recipient"],
        "kind": row["kind"],
        "delivery_id": ids.encode("dlv", row["id"]),
        "status": row["status"],
        "held_for": row["held_for"],
        "sandbox": row["pool_id"] == SANDBOX_POOL,
    }


def goes_nowhere(recipients: Sequence[Recipient]) -> bool:
    """Say whether nothing of a message goes out."""
    return bool(recipients) and all(each.sandbox for each in recipients)
