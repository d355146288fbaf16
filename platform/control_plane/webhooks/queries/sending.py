"""The SQL of sending: what is subscribed, what is to be sent, what came of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction

CLAIM_SECONDS = 30
"""Longer than a try can take; after that another worker may send the row."""

_FAN_OUT = """
with made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, next_attempt_at)
  select w.tenant_id, new_uuid(), w.id, e.event_id, now()
  from unnest($1::uuid[], $2::uuid[], $3::text[]) as e (tenant_id, event_id, type)
  join webhooks w on w.tenant_id = e.tenant_id and w.status = 'active'
    and (e.type = any (w.events) or '*' = any (w.events))
  returning tenant_id, webhook_id
)
select tenant_id, webhook_id, count(*) as rows from made group by 1, 2
"""

_DUE_WEBHOOKS = """
select distinct tenant_id, webhook_id from webhook_deliveries where next_attempt_at <= $1 limit 1000
"""

_IN_FLIGHT = """
select count(*) from webhook_deliveries
where tenant_id = $1 and webhook_id = $2 and next_attempt_at is not null and claimed_until > $3
"""

_CLAIM = """
with due as (
  select tenant_id, id from webhook_deliveries
  where tenant_id = $1 and webhook_id = $2 and next_attempt_at <= $3
  order by next_attempt_at limit $4 for update skip locked
), claimed as (
  update webhook_deliveries d
  set claimed_until = $3 + make_interval(secs => $5), next_attempt_at = $3 + make_interval(secs => $5)
  from due where d.tenant_id = due.tenant_id and d.id = due.id
  returning d.id, d.event_id, d.attempts
)
select c.id, c.attempts, e.id as event_id, e.type, e.at, e.message_id, e.delivery_id, e.recipient, e.data::text as data,
       m.tags, m.metadata::text as metadata
from claimed c
join events e on e.tenant_id = $1 and e.id = c.event_id
left join messages m on m.tenant_id = $1 and m.id = e.message_id
"""

_FINISH = """
update webhook_deliveries
set status = $3, attempts = $4, next_attempt_at = $5, claimed_until = null, attempted_at = $6, response_status = $7,
    response_excerpt = $8, finished_at = case when $5::timestamptz is null then $6::timestamptz end
where tenant_id = $1 and id = $2
"""


class Finish(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a try; without `next_attempt_at` there is no other."""

    delivery_id: UUID
    status: str
    attempts: int
    next_attempt_at: datetime | None
    attempted_at: datetime
    response_status: int | None
    response_excerpt: str


async def fan_out(
    tx: Transaction, tenant_ids: Sequence[UUID], event_ids: Sequence[UUID], types: Sequence[str]
) -> list[asyncpg.Record]:
    """Put events on their way to the webhooks that subscribe to them; gives tenant, webhook and number of rows."""
    return await tx.connection.fetch(_FAN_OUT, tenant_ids, event_ids, types)


async def due_webhooks(tx: Transaction, now: datetime) -> list[asyncpg.Record]:
    """Find the webhooks that have something to be sent."""
    return await tx.connection.fetch(_DUE_WEBHOOKS, now)


async def claim(tx: Transaction, tenant_id: UUID, webhook_id: UUID, now: datetime, most: int) -> list[asyncpg.Record]:
    """Claim due rows for this worker, so many that at most `most` of the webhook are under way everywhere."""
    await tx.connection.execute("select pg_advisory_xact_lock(hashtextextended($1::text, 0))", str(webhook_id))
    in_flight: int = await tx.connection.fetchval(_IN_FLIGHT, tenant_id, webhook_id, now)
    if in_flight >= most:
        return []
    return await tx.connection.fetch(_CLAIM, tenant_id, webhook_id, now, most - in_flight, CLAIM_SECONDS)


async def finish(tx: Transaction, tenant_id: UUID, done: Finish) -> None:
    """Write down what came of a try."""
    await tx.connection.execute(
        _FINISH,
        tenant_id,
        done.delivery_id,
        done.status,
        done.attempts,
        done.next_attempt_at,
        done.attempted_at,
        done.response_status,
        done.response_excerpt,
    )
