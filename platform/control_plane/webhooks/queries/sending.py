"""The SQL of sending: what is due, which of it may be sent now, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import lower_bound
from control_plane.events.payloads import COLUMNS
from control_plane.webhooks import circuit
from control_plane.webhooks.queries.bounds import newest
from control_plane.webhooks.retries import IN_ORDER_FOR, PUT_OFF_FOR, WAITS_AT_MOST

CLAIM_SECONDS = 30
"""Longer than a try can take; after that another worker may send the row."""

# A loose scan of the index of what is open: from each webhook right to the next, however much each has. They come in no
# order, so that it is another one each time for which no worker has room. Partitions to come are left out; those that
# were are all looked into, since whatever is kept may be sent again.
_DUE_WEBHOOKS = """
with recursive line as (
  (select tenant_id, webhook_id from webhook_deliveries
   where next_attempt_at is not null and id < $2 order by tenant_id, webhook_id limit 1)
  union all
  select next.tenant_id, next.webhook_id from line cross join lateral (
    select d.tenant_id, d.webhook_id from webhook_deliveries d
    where d.next_attempt_at is not null and d.id < $2
      and (d.tenant_id, d.webhook_id) > (line.tenant_id, line.webhook_id)
    order by d.tenant_id, d.webhook_id limit 1
  ) next
)
select line.tenant_id, line.webhook_id from line
join webhooks w on w.tenant_id = line.tenant_id and w.id = line.webhook_id
cross join lateral (
  select from webhook_deliveries d
  where d.tenant_id = line.tenant_id and d.webhook_id = line.webhook_id and d.next_attempt_at <= $1 and d.id < $2
  order by d.next_attempt_at limit 1
) due
where w.status = 'active' and (w.probe_at is null or w.probe_at <= $1)
order by random()"""

# Who claims sets the next try to when the claim ends: what is under way lies in that narrow range.
_UNDER_WAY = """
select count(*) from webhook_deliveries
where tenant_id = $1 and webhook_id = $2 and id < $5 and next_attempt_at > $3
  and next_attempt_at <= $3 + make_interval(secs => 2 * $4) and claimed_until > $3"""

# `next_attempt_at` and `pending` say the same, and name different indexes. What is to come has no partitions to read.
# A limit that is only known when it is asked counts as a tenth of all that is due, and a plan that is kept reads all
# events of the tenant then, to find ten: so there is one that is known before. `offset 0` has the event and the message
# of each looked up one by one, however many the planner expects once very much is due: it would else read all of them.
CLAIM = f"""
with due as (
  select * from (
    select d.tenant_id, d.id from webhook_deliveries d
    where d.tenant_id = $1 and d.webhook_id = $2 and d.next_attempt_at <= $3 and d.id < $8
      and (d.message_id is null or not exists (
        select from webhook_deliveries earlier
        where earlier.tenant_id = $1 and earlier.webhook_id = $2 and earlier.message_id = d.message_id
          and earlier.event_id < d.event_id and earlier.status = 'pending' and earlier.attempts < $6
          and earlier.id >= $7 and earlier.id < $8))
    order by d.next_attempt_at limit {circuit.AT_ONCE} for update of d skip locked
  ) first limit $4
), claimed as (
  update webhook_deliveries d
  set claimed_until = $3 + make_interval(secs => $5), next_attempt_at = $3 + make_interval(secs => $5)
  from due where d.tenant_id = due.tenant_id and d.id = due.id and d.id < $8
  returning d.id, d.event_id, d.attempts
)
select c.id, c.attempts, {COLUMNS}
from claimed c
cross join lateral (select * from events e where e.tenant_id = $1 and e.id = c.event_id and e.id < $8 offset 0) e
left join lateral (select * from messages m where m.tenant_id = $1 and m.id = e.message_id and m.id < $8 offset 0) m
  on true"""  # noqa: S608 our own columns

_FINISH = """
update webhook_deliveries d
set status = t.status, attempts = t.attempts, next_attempt_at = t.next_attempt_at, claimed_until = null,
    attempted_at = t.attempted_at, given_up = t.given_up, response_status = t.response_status,
    response_excerpt = t.response_excerpt, response_headers = t.response_headers::jsonb, response_ms = t.response_ms,
    finished_at = case when t.next_attempt_at is null then t.attempted_at end
from unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::int[], $9::text[],
    $10::text[], $11::int[])
  as t (id, status, attempts, next_attempt_at, attempted_at, given_up, response_status, response_excerpt,
    response_headers, response_ms)
where d.tenant_id = $1 and d.id = t.id and d.id between $12 and $13 and d.next_attempt_at is not null"""

_PUT_OFF = """
update webhook_deliveries set claimed_until = null,
  next_attempt_at = case when id >= $5 then $4::timestamptz end,
  status = case when id >= $5 then status else 'failed' end,
  given_up = case when id >= $5 then given_up else 'age' end,
  finished_at = case when id >= $5 then finished_at else $3 end
where tenant_id = $1 and id = any ($2) and next_attempt_at is not null"""


class Finish(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a try; without `next_attempt_at` there is no other."""

    delivery_id: UUID
    status: str
    attempts: int
    next_attempt_at: datetime | None
    attempted_at: datetime
    given_up: str | None
    response_status: int | None
    response_excerpt: str
    response_headers: str
    """As JSON."""
    response_ms: int


async def due_webhooks(tx: Transaction, now: datetime) -> list[asyncpg.Record]:
    """Find the webhooks that have something to be sent and may be sent it."""
    return await tx.connection.fetch(_DUE_WEBHOOKS, now, newest(now))


async def under_way(tx: Transaction, tenant_id: UUID, webhook_id: UUID, now: datetime) -> int:
    """Count what workers everywhere are sending to a webhook."""
    count: int = await tx.connection.fetchval(_UNDER_WAY, tenant_id, webhook_id, now, CLAIM_SECONDS, newest(now))
    return count


async def claim(tx: Transaction, tenant_id: UUID, webhook_id: UUID, now: datetime, most: int) -> list[asyncpg.Record]:
    """Claim due rows for this worker; a message's events one after the other, while the earlier is young."""
    return await tx.connection.fetch(CLAIM, *claim_values(tenant_id, webhook_id, now, most))


def claim_values(tenant_id: UUID, webhook_id: UUID, now: datetime, most: int) -> tuple[object, ...]:
    """Give what `CLAIM` is asked with."""
    oldest = lower_bound(now - 3 * WAITS_AT_MOST)
    return tenant_id, webhook_id, now, most, CLAIM_SECONDS, IN_ORDER_FOR, oldest, newest(now)


async def finish(tx: Transaction, tenant_id: UUID, done: Sequence[Finish]) -> None:
    """Write down what came of some tries."""
    columns = zip(*map(msgspec.structs.astuple, done), strict=True)
    ids = [each.delivery_id for each in done]
    await tx.connection.execute(_FINISH, tenant_id, *columns, min(ids), max(ids))


async def put_off(tx: Transaction, tenant_id: UUID, delivery_ids: Sequence[UUID], now: datetime) -> None:
    """Put back what could not be tried, as if it had not been claimed; give up what was made too long ago."""
    given = (list(delivery_ids), now, now + PUT_OFF_FOR, lower_bound(now - WAITS_AT_MOST))
    await tx.connection.execute(_PUT_OFF, tenant_id, *given)
