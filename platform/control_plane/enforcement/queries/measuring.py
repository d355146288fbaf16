"""The figures of many tenants at once, by roll-ups (fleet role, or those of one tenant as the app role)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.enforcement.decide import PATIENCE
from control_plane.enforcement.thresholds import DAY, SILENT_PROVIDERS, WEEK

_LATELY = timedelta(hours=2)
_NEWLY = timedelta(minutes=10)

# Who has just had something bad, and whose measure is due to be looked at: others' figures have not become worse.
_SUSPECTS = """
select b.tenant_id from bounce_stats b join tenants t on t.id = b.tenant_id and t.kind <> 'operator'
where b.hour >= $1 and b.bounce_class = any ($2) and t.erased_at is null
group by b.tenant_id having sum(b.bounces) >= $3
union
select s.tenant_id from delivery_stats s join tenants t on t.id = s.tenant_id and t.kind <> 'operator'
where s.grain = 'let_go' and s.complained > 0 and s.start >= $4 and s.last_at >= $5
  and t.erased_at is null
union
select m.tenant_id from measures m join tenants t on t.id = m.tenant_id
where m.step <> 'none' and m.reviewed_at < $6 and t.erased_at is null"""

# What came back and what was complained about counts in the hour in which it was let go, beside what arrived of that
# hour's mail. What was let go before the last step has been answered for; but while a step leaves time to put things
# right, its own hour still counts, lest mail that turns out to be really bad goes on because it began less so.
_COUNTS = """
select wanted.tenant_id, each.stream, fared.*, refused.*
from unnest($1::uuid[]) as wanted (tenant_id)
cross join unnest($2::text[]) as each (stream)
left join measures m on m.tenant_id = wanted.tenant_id and m.stream = each.stream
cross join lateral (
  select case when m.cause in ('bounces', 'complaints') and m.since > $7::timestamptz - (
      select p.lasts from unnest($8::text[], $9::interval[]) as p (step, lasts) where p.step = m.step)
    then date_trunc('hour', m.since, 'UTC') else m.counts_from end as first
) counted
cross join lateral (
  select greatest($3::timestamptz, counted.first) as day, greatest($4::timestamptz, counted.first) as week
) since
cross join lateral (
  select coalesce(sum(s.delivered + s.complained) filter (where s.start >= since.day), 0)::bigint as arrived_day,
    coalesce(sum(s.delivered + s.complained) filter (
      where s.start >= since.day and s.provider <> all ($5::text[])), 0)::bigint as heard_day,
    coalesce(sum(s.complained) filter (where s.start >= since.day), 0)::bigint as complained_day,
    coalesce(sum(s.delivered + s.complained), 0)::bigint as arrived_week,
    coalesce(sum(s.delivered + s.complained) filter (where s.provider <> all ($5::text[])), 0)::bigint as heard_week,
    coalesce(sum(s.complained), 0)::bigint as complained_week
  from delivery_stats s
  where s.tenant_id = wanted.tenant_id and s.grain = 'let_go' and s.stream = each.stream and s.start >= since.week
) fared
cross join lateral (
  select coalesce(sum(b.bounces) filter (where b.let_go >= since.day), 0)::bigint as bounced_day,
    coalesce(sum(b.bounces), 0)::bigint as bounced_week
  from bounce_stats b
  where b.tenant_id = wanted.tenant_id and b.stream = each.stream and b.hour >= since.week
    and b.let_go >= since.week and b.bounce_class = any ($6)
) refused"""


async def suspects(connection: Connection, classes: Sequence[str], least: int, now: datetime) -> list[UUID]:
    """List whose figures may have become bad, or whose measures are due to be looked at."""
    due = now - timedelta(minutes=5)
    rows = await connection.fetch(_SUSPECTS, now - _LATELY, classes, least, now - WEEK, now - _NEWLY, due)
    return [row["tenant_id"] for row in rows]


async def counts(
    connection: Connection, tenant_ids: Sequence[UUID], streams: Sequence[str], classes: Sequence[str], now: datetime
) -> list[asyncpg.Record]:
    """Count what became of each tenant's mail of each stream, in a day and in a week."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return await connection.fetch(
        _COUNTS, tenant_ids, streams, hour - DAY, hour - WEEK, SILENT_PROVIDERS, classes, now, list(PATIENCE),
        list(PATIENCE.values()),
    )  # fmt: skip
