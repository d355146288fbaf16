"""Look at what was sent to a webhook, and send it once more."""

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant
from control_plane.events.kinds import EVENT_TYPES
from control_plane.webhooks import payloads, signing
from control_plane.webhooks.errors import WebhookDisabled
from control_plane.webhooks.post import HEADERS
from control_plane.webhooks.queries import deliveries as queries
from control_plane.webhooks.queries import webhooks
from control_plane.webhooks.queries.deliveries import Filters
from control_plane.webhooks.schemas import Answer, SentRequest, WebhookDelivery, WebhookExchange
from control_plane.webhooks.service.fan_out import SEND_JOB
from control_plane.webhooks.service.views import DELIVERY_PREFIX, PREFIX, delivery_of

_HEADERS: "msgspec.json.Decoder[dict[str, str]]" = msgspec.json.Decoder(dict[str, str])


async def listing_of_deliveries(
    db: Database, webhook_id: str, filters: Filters, limit: int, after: str | None
) -> Page[WebhookDelivery]:
    """Give a page of what was sent to a webhook or is to be, newest first; raises `NotFound`, `Invalid`."""
    last = cursor(DELIVERY_PREFIX, after)
    if filters.type is not None and filters.type not in EVENT_TYPES:
        raise Invalid(errors=(FieldError("type", f"There is no event type {filters.type[:64]!r}."),))
    async with db.tenant_tx() as tx:
        webhook = await _webhook(tx, webhook_id)
        rows = await queries.page(tx, bound_tenant(), webhook["id"], filters, limit + 1, last)
    data = tuple(map(delivery_of, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def exchange(db: Database, webhook_id: str, delivery_id: str) -> WebhookExchange:
    """Give one delivery with the last try's request and answer; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        webhook = await _webhook(tx, webhook_id)
        row = await _delivery(tx, webhook, delivery_id)
        event = await queries.event(tx, bound_tenant(), row["event_id"])
    tried = row["attempted_at"] is not None and event is not None
    return WebhookExchange(
        delivery=delivery_of(row),
        request=_request(webhook, row, event) if tried and event is not None else None,
        response=_answer(row) if tried else None,
    )


async def retry(db: Database, clock: Clock, webhook_id: str, delivery_id: str) -> WebhookDelivery:
    """Send something once more, from the first try on; raises `NotFound`, `WebhookDisabled`.

    What it would tell of must still be there.
    """
    async with db.tenant_tx() as tx:
        webhook = await _webhook(tx, webhook_id)
        if webhook["status"] == "disabled":
            raise WebhookDisabled
        row = await _delivery(tx, webhook, delivery_id)
        if await queries.event(tx, bound_tenant(), row["event_id"]) is None:
            raise NotFound
        await queries.retry(tx, bound_tenant(), webhook["id"], row["id"], clock.now())
        audit.record(tx, "webhooks.retry", webhook_id, after={"delivery_id": delivery_id})
        tx.outbox.trigger(SEND_JOB, str(bound_tenant()), str(webhook["id"]))
        return delivery_of(await _delivery(tx, webhook, delivery_id))


async def _webhook(tx: Transaction, webhook_id: str) -> asyncpg.Record:
    row = await webhooks.find(tx, bound_tenant(), ids.decode(PREFIX, webhook_id))
    if row is None:
        raise NotFound
    return row


async def _delivery(tx: Transaction, webhook: asyncpg.Record, delivery_id: str) -> asyncpg.Record:
    wanted = ids.decode(DELIVERY_PREFIX, delivery_id)
    row = await queries.find(tx, bound_tenant(), webhook["id"], wanted)
    if row is None:
        raise NotFound
    return row


def _request(webhook: asyncpg.Record, row: asyncpg.Record, event: asyncpg.Record) -> SentRequest:
    body = payloads.body_of(event, bound_tenant())
    signed = signing.headers(ids.encode("evt", row["event_id"]), row["attempted_at"], body, ())
    return SentRequest(url=webhook["url"], headers=HEADERS | signed | {"webhook-signature": "v1,…"}, body=body.decode())


def _answer(row: asyncpg.Record) -> Answer:
    return Answer(
        status=row["response_status"],
        headers=_HEADERS.decode(row["response_headers"] or "{}"),
        excerpt=row["response_excerpt"] or "",
        ms=row["response_ms"] or 0,
    )
