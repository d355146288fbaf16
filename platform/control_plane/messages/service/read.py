"""Show what became of messages."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.schemas import Status
from control_plane.messages.events import event_of
from control_plane.messages.queries import read
from control_plane.messages.schemas import (
    Filters,
    Message,
    MessageEvent,
    MessageSummary,
    Recipient,
    RecipientTimeline,
)

_TELLING: tuple[Status, ...] = (
    "accepted",
    "held",
    "scheduled",
    "queued",
    "deferred",
    "complained",
    "bounced",
    "failed",
    "suppressed",
    "cancelled",
    "delivered",
)
"""The first of these that a recipient is in says most: first what is not done, then what went wrong."""


def summary(statuses: Iterable[Status]) -> Status:
    """Give the one state that says most about a message."""
    present = set(statuses)
    for status in _TELLING:
        if status in present:
            return status
    return "accepted"


async def find(db: Database, message_id: str) -> Message:
    """Give a message of the bound tenant with its recipients' timelines; raises `NotFound`."""
    wanted, tenant_id = ids.decode("msg", message_id), bound_tenant()
    async with db.tenant_tx() as tx:
        row = await read.message(tx.connection, tenant_id, wanted)
        if row is None:
            raise NotFound
        deliveries = await read.deliveries(tx.connection, tenant_id, [wanted])
        events = await read.events(tx.connection, tenant_id, wanted)
    timelines: dict[UUID, list[MessageEvent]] = defaultdict(list)
    for event in events:
        timelines[event["delivery_id"]].append(event_of(event))
    recipients = tuple(
        RecipientTimeline(**_recipient(each), events=tuple(timelines[each["id"]])) for each in deliveries
    )
    return Message(**_common(row), status=summary(each.status for each in recipients), recipients=recipients)


async def listing(db: Database, filters: Filters, limit: int, after: str | None) -> Page[MessageSummary]:
    """Give a page of the bound tenant's messages, newest first."""
    last, tenant_id = cursor("msg", after), bound_tenant()
    async with db.tenant_tx() as tx:
        rows = await read.page(tx.connection, tenant_id, filters, limit + 1, last)
        shown = rows[:limit]
        deliveries = await read.deliveries(tx.connection, tenant_id, [row["id"] for row in shown]) if shown else []
    recipients: dict[UUID, list[Recipient]] = defaultdict(list)
    for each in deliveries:
        recipients[each["message_id"]].append(Recipient(**_recipient(each)))
    data = tuple(_summary(row, recipients[row["id"]]) for row in shown)
    return Page(data, data[-1].id if len(rows) > limit else None)


def _summary(row: asyncpg.Record, recipients: list[Recipient]) -> MessageSummary:
    status = summary(each.status for each in recipients)
    return MessageSummary(**_common(row), status=status, recipients=tuple(recipients))


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
    }
