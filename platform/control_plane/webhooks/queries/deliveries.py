"""The SQL of looking at what was sent to a webhook, and of sending it once more."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import lower_bound
from control_plane.events.payloads import COLUMNS

_COLUMNS = """d.id, d.event_id, d.type, d.message_id, d.status, d.given_up, d.attempts, d.attempted_at,
  d.next_attempt_at, d.response_status, d.response_excerpt, d.response_ms"""

_PAGE = f"""
select {_COLUMNS} from webhook_deliveries d
where d.tenant_id = $1 and d.webhook_id = $2 and ($3::uuid is null or d.id < $3)
  and ($4::text is null or d.status = $4) and ($5::text is null or d.type = $5) and d.id >= $6 and d.id < $7
order by d.id desc limit $8"""  # noqa: S608 our own columns

_FIND = f"""
select {_COLUMNS}, d.response_headers::text as response_headers from webhook_deliveries d
where d.tenant_id = $1 and d.webhook_id = $2 and d.id = $3"""  # noqa: S608 our own columns

_EVENT = f"""
select {COLUMNS} from events e left join messages m on m.tenant_id = e.tenant_id and m.id = e.message_id
where e.tenant_id = $1 and e.id = $2"""  # noqa: S608 our own columns

_RETRY = """
update webhook_deliveries set status = 'pending', attempts = 0, next_attempt_at = $4, claimed_until = null,
  finished_at = null, given_up = null
where tenant_id = $1 and webhook_id = $2 and id = $3 and coalesce(claimed_until, $4) <= $4"""

_LATEST = datetime.max.replace(tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries are asked for."""

    status: str | None = None
    type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(
    tx: Transaction, tenant_id: UUID, webhook_id: UUID, filters: Filters, limit: int, after: UUID | None
) -> list[asyncpg.Record]:
    """Find what was sent to a webhook or is to be, newest first."""
    since, until = lower_bound(filters.since or _EARLIEST), lower_bound(filters.until or _LATEST)
    values = (webhook_id, after, filters.status, filters.type, since, until, limit)
    return await tx.connection.fetch(_PAGE, tenant_id, *values)


async def find(tx: Transaction, tenant_id: UUID, webhook_id: UUID, delivery_id: UUID) -> asyncpg.Record | None:
    """Find one thing that was sent to a webhook."""
    return await tx.connection.fetchrow(_FIND, tenant_id, webhook_id, delivery_id)


async def event(tx: Transaction, tenant_id: UUID, event_id: UUID) -> asyncpg.Record | None:
    """Find the event that was sent."""
    return await tx.connection.fetchrow(_EVENT, tenant_id, event_id)


async def retry(tx: Transaction, tenant_id: UUID, webhook_id: UUID, delivery_id: UUID, now: datetime) -> None:
    """Let something be sent from the first try on, unless it is being sent just now."""
    await tx.connection.execute(_RETRY, tenant_id, webhook_id, delivery_id, now)
