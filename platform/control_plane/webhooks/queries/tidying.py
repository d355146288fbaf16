"""The SQL of giving up what is not to be sent any more (fleet role)."""

from datetime import datetime, timedelta

from control_plane.core.database import Transaction
from control_plane.webhooks.queries.bounds import newest
from control_plane.webhooks.retries import WAITS_AT_MOST

_REPLAYS_KEPT = timedelta(days=30)

# From each webhook that has something open right to the next; see `sending`.
_OPEN_WEBHOOKS = """
with recursive line as (
  (select tenant_id, webhook_id from webhook_deliveries
   where next_attempt_at is not null and id < $4 order by tenant_id, webhook_id limit 1)
  union all
  select next.tenant_id, next.webhook_id from line cross join lateral (
    select d.tenant_id, d.webhook_id from webhook_deliveries d
    where d.next_attempt_at is not null and d.id < $4
      and (d.tenant_id, d.webhook_id) > (line.tenant_id, line.webhook_id)
    order by d.tenant_id, d.webhook_id limit 1
  ) next
)"""

_GIVE_UP = f"""
{_OPEN_WEBHOOKS}, old as (
  select d.tenant_id, d.id, case when w.status = 'active' then 'age' else 'disabled' end as why
  from line left join webhooks w on w.tenant_id = line.tenant_id and w.id = line.webhook_id
  cross join lateral (
    select d.tenant_id, d.id from webhook_deliveries d
    where d.tenant_id = line.tenant_id and d.webhook_id = line.webhook_id and d.next_attempt_at is not null
      and d.id < $4 and d.next_attempt_at <= case when w.status = 'active' then $2 else 'infinity'::timestamptz end
      and coalesce(d.claimed_until, $1) <= $1
    order by d.next_attempt_at limit $3 for update skip locked
  ) d
)
update webhook_deliveries d
set status = 'failed', next_attempt_at = null, claimed_until = null, finished_at = $1, given_up = old.why
from old where d.tenant_id = old.tenant_id and d.id = old.id and d.id < $4 returning d.id"""  # noqa: S608 our own text


async def give_up(tx: Transaction, now: datetime, limit: int) -> int:
    """Give up what was due for too long, or for webhooks that are off or gone, some of each; gives how many."""
    given_up = await tx.connection.fetch(_GIVE_UP, now, now - WAITS_AT_MOST, limit, newest(now))
    return len(given_up)


async def forget_hours(tx: Transaction, now: datetime) -> None:
    """Delete counts of more than eight days ago."""
    await tx.connection.execute("delete from webhook_hours where hour < $1", now - timedelta(days=8))


async def forget_replays(tx: Transaction, now: datetime) -> None:
    """Delete replays that ended more than 30 days ago."""
    await tx.connection.execute("delete from webhook_replays where finished_at < $1", now - _REPLAYS_KEPT)
