"""Send events of the past once more: under the same ids, a portion at a time, so that what is new is not held up."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock, in_utc
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.events.service import KEPT_DAYS
from control_plane.webhooks.errors import ReplayRunning, ReplayTooLarge, WebhookDisabled
from control_plane.webhooks.queries import missed, webhooks
from control_plane.webhooks.queries import replays as queries
from control_plane.webhooks.schemas import EVENT_TYPES, NewReplay, WebhookReplay
from control_plane.webhooks.service.fan_out import SEND_JOB
from control_plane.webhooks.service.views import PREFIX, REPLAY_PREFIX, replay_of

REPLAY_JOB = "webhooks.replay"

_KEPT = timedelta(days=KEPT_DAYS)
_NEARLY_ALL = timedelta(hours=1)
"""Who asks for all that is kept, asks for a little less: it goes on being forgotten."""
_MOST_EVENTS = 100_000
_PORTION = 500
_MOST_LOOKED_AT = 50_000
"""Events of any type in one step: of those that are wanted there may be few."""
_MOST_BEFORE_IT = 1000
"""While a webhook has so much before it, nothing is added."""


async def replay(db: Database, clock: Clock, webhook_id: str, wanted: NewReplay) -> WebhookReplay:
    """Begin a replay; raises `NotFound`, `Invalid`, `WebhookDisabled`, `ReplayRunning`, `ReplayTooLarge`."""
    return await _begin(db, webhook_id, wanted, clock.now())


async def replay_missed(db: Database, clock: Clock, webhook_id: str) -> WebhookReplay:
    """Begin a replay of all that a webhook may have missed and that is still kept; raises what `replay` does."""
    now = clock.now()
    async with db.tenant_tx() as tx:
        missed_since = (await _webhook(tx, webhook_id))["missed_since"] or now
    return await _begin(db, webhook_id, NewReplay(since=max(missed_since, now - _KEPT)), now)


async def _begin(db: Database, webhook_id: str, wanted: NewReplay, now: datetime) -> WebhookReplay:
    tenant_id = bound_tenant()
    since, until = _time(wanted, now)
    async with db.tenant_tx() as tx:
        webhook = await _webhook(tx, webhook_id)
        if webhook["status"] == "disabled":
            raise WebhookDisabled
        types = _types(wanted, webhook)
        events = await queries.count_events(tx, tenant_id, since, until, types, _MOST_EVENTS + 1)
        if events is None or events > _MOST_EVENTS:
            raise ReplayTooLarge
        row = await queries.insert(tx, tenant_id, ids.new_uuid(), webhook["id"], since, until, types, events)
        if row is None:
            raise ReplayRunning
        audit.record(tx, "webhooks.replay", webhook_id, after={"since": since, "until": until, "types": types})
        tx.outbox.trigger(REPLAY_JOB, str(tenant_id), str(webhook["id"]))
    return replay_of(row)


async def listing_of_replays(db: Database, webhook_id: str, limit: int, after: str | None) -> Page[WebhookReplay]:
    """Give a page of a webhook's replays, newest first; raises `NotFound`."""
    last = cursor(REPLAY_PREFIX, after)
    async with db.tenant_tx() as tx:
        webhook = await _webhook(tx, webhook_id)
        rows = await queries.page(tx, bound_tenant(), webhook["id"], limit + 1, last)
    data = tuple(map(replay_of, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def go_on(db: Database, clock: Clock, tenant_id: UUID, webhook_id: UUID) -> None:
    """Put a replay's next events on their way, if the webhook has room for them."""
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            running = await queries.take_running(tx, tenant_id, webhook_id)
            if running is None:
                return
            webhook = await webhooks.find(tx, tenant_id, webhook_id)
            if webhook is None or webhook["status"] == "disabled":
                await queries.move_on(tx, tenant_id, running["id"], running["position"], 0, "stopped", clock.now())
            elif await queries.count_open(tx, tenant_id, webhook_id, _MOST_BEFORE_IT) < _MOST_BEFORE_IT:
                await _portion(tx, running, webhook_id, clock.now())


async def trigger_running(db: Database) -> None:
    """Find the replays that are under way."""
    async with db.fleet_tx() as tx:
        for row in await queries.running(tx):
            tx.outbox.trigger(REPLAY_JOB, str(row["tenant_id"]), str(row["webhook_id"]))


async def _portion(tx: Transaction, running: asyncpg.Record, webhook_id: UUID, now: datetime) -> None:
    tenant_id = bound_tenant()
    given = (running["position"], running["until"], running["types"], _PORTION, now, _MOST_LOOKED_AT)
    portion = await queries.put_on_way(tx, tenant_id, webhook_id, *given)
    reached = portion.last_put if portion.put == _PORTION else portion.last_looked_at
    await queries.move_on(
        tx,
        tenant_id,
        running["id"],
        reached or portion.last_put or running["position"],
        portion.put,
        "running" if reached else "done",
        now,
    )
    if not reached:
        kept_since = now - _KEPT + _NEARLY_ALL
        span = (running["since"], running["until"], running["types"])
        await missed.sent_again(tx, tenant_id, webhook_id, *span, kept_since)
    if reached and portion.put < _PORTION:  # nothing that is sent would bring it back here soon
        tx.outbox.trigger(REPLAY_JOB, str(tenant_id), str(webhook_id))
    tx.outbox.trigger(SEND_JOB, str(tenant_id), str(webhook_id))


async def _webhook(tx: Transaction, webhook_id: str) -> asyncpg.Record:
    row = await webhooks.find(tx, bound_tenant(), ids.decode(PREFIX, webhook_id))
    if row is None:
        raise NotFound
    return row


def _time(wanted: NewReplay, now: datetime) -> tuple[datetime, datetime]:
    """Give from when to when; raises `Invalid`."""
    since, until = in_utc(wanted.since), min(in_utc(wanted.until), now) if wanted.until else now
    if since < now - _KEPT:
        raise Invalid(errors=(FieldError("since", f"Events are kept for {KEPT_DAYS} days."),))
    if since >= until:
        raise Invalid(errors=(FieldError("since", "It must lie before `until`, and before now."),))
    return since, until


def _types(wanted: NewReplay, webhook: asyncpg.Record) -> list[str]:
    """Give the types that are wanted and subscribed to; raises `Invalid`."""
    subscribed: list[str] = webhook["events"]
    if wanted.types is None or "*" in wanted.types:
        return subscribed
    unknown = [name for name in wanted.types if name not in EVENT_TYPES]
    if unknown:
        raise Invalid(errors=tuple(FieldError("types", f"There is no event type {name[:64]!r}.") for name in unknown))
    return [name for name in wanted.types if name in subscribed or "*" in subscribed]
