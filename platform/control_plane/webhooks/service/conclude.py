"""What tries that ended mean for their webhook: it fares well, is held back, or is disabled and its people told."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.notices import service as notices
from control_plane.notices.schemas import WebhookNews
from control_plane.webhooks import circuit
from control_plane.webhooks.circuit import Health, Round
from control_plane.webhooks.queries import health as queries
from control_plane.webhooks.retries import Outcome
from control_plane.webhooks.schemas import DisabledReason
from control_plane.webhooks.service.missed import missed_since
from control_plane.webhooks.service.views import PREFIX


async def conclude(
    tx: Transaction, webhook: asyncpg.Record, outcomes: Sequence[Outcome], now: datetime
) -> Health | None:
    """Note how a webhook fares after some tries; gives that, or None if nothing more is to be sent to it."""
    before = Health(**{name: webhook[name] for name in Health.__struct_fields__})
    if webhook["status"] == "disabled" or not outcomes:
        return None if webhook["status"] == "disabled" else before
    ended = _round(outcomes)
    await queries.count(tx, bound_tenant(), webhook["id"], now, ended)
    health = circuit.after(before, ended, now)
    if health != before:
        await queries.write(tx, bound_tenant(), webhook["id"], health)
    if before.is_held_back and not health.is_held_back:
        await queries.recall(tx, bound_tenant(), webhook["id"], now)
    reason = circuit.verdict(health, ended, now)
    if reason is None:
        return health
    await _disable(tx, webhook, reason, now)
    return None


async def _disable(tx: Transaction, webhook: asyncpg.Record, reason: DisabledReason, now: datetime) -> None:
    await queries.disable(tx, bound_tenant(), webhook["id"], reason, now, await missed_since(tx, webhook, now))
    public_id = ids.encode(PREFIX, webhook["id"])
    told = {"status": "disabled", "disabled_reason": reason}
    audit.record(tx, "webhooks.disable", public_id, before={"status": "active"}, after=told)
    news = WebhookNews(reason=reason, address=webhook["url"], path=f"/webhooks/{public_id}")
    await notices.tell_tenant(tx, news)


def _round(outcomes: Sequence[Outcome]) -> Round:
    delivered = sum(outcome.delivered for outcome in outcomes)
    return Round(delivered=delivered, failed=len(outcomes) - delivered, gone=any(outcome.gone for outcome in outcomes))
