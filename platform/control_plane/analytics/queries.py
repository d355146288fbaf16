"""The SQL of roll-ups; each read adds the deltas that no sweep has folded yet, in the same snapshot."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.analytics.schemas import STATES, Grain
from control_plane.core.database import Connection

_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in ("deliveries", *STATES))
_OF_DELTAS = "d.deliveries, " + ", ".join(
    f"case when d.status = '{name}' then d.deliveries else 0 end as {name}" for name in STATES
)
_COLUMNS = ", ".join(("deliveries", *STATES))

_FOLD = f"""
with taken as (
  delete from delivery_deltas where (tenant_id, id) in (select tenant_id, id from delivery_deltas limit $1) returning *
), spread as (
  select d.tenant_id, grain, case when split then d.stream else '' end as stream,
    case when split then d.provider else '' end as provider,
    case grain when 'day' then date_trunc('day', d.hour, 'UTC') when 'hour' then d.hour else coalesce(d.let_go, d.hour)
      end as start, {_OF_DELTAS}, d.at
  from taken d
  cross join (values ('hour', true), ('hour', false), ('day', false), ('let_go', true)) as each (grain, split)
), folded as (
  insert into delivery_stats as s (tenant_id, grain, stream, provider, start, {_COLUMNS}, last_at)
  select tenant_id, grain, stream, provider, start, {_SUMS}, max(at) from spread
  group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (tenant_id, grain, stream, provider, start) do update set
    {", ".join(f"{name} = s.{name} + excluded.{name}" for name in ("deliveries", *STATES))},
    last_at = greatest(s.last_at, excluded.last_at)
)
select count(*) from taken"""  # noqa: S608  made of our own constants

_BUCKETS = f"""
select start, {_SUMS} from (
  select start, {_COLUMNS} from delivery_stats
  where tenant_id = any ($1) and grain = $2 and stream = '' and provider = '' and start >= $3
  union all
  select date_trunc($2, d.hour, 'UTC'), {_OF_DELTAS} from delivery_deltas d
  where d.tenant_id = any ($1) and d.hour >= $3
) known group by start having sum(deliveries) <> 0 order by start"""  # noqa: S608

_PARTS = f"""
with whose as materialized (
  select $1::uuid as id union select t.id from tenants t where $7 and t.path @> array[$1]
)
select date_trunc($2, start, 'UTC') as start, stream, provider, {_SUMS} from (
  select s.start, s.stream, s.provider, {_COLUMNS} from whose join delivery_stats s on s.tenant_id = whose.id
  where s.grain = 'hour' and s.stream <> '' and s.start >= $3 and s.start < $4
  union all
  select d.hour, d.stream, d.provider, {_OF_DELTAS} from whose join delivery_deltas d on d.tenant_id = whose.id
  where d.hour >= $3 and d.hour < $4
) known where $5 in ('', stream) and $6 in ('', provider)
group by 1, 2, 3 having sum(deliveries) <> 0 order by 1, 2, 3"""  # noqa: S608

_DAY, _MONTH = (
    ", ".join(
        f"(coalesce({part}.{name}, 0) + coalesce(new_{part}.{name}, 0))::bigint" for name in ("deliveries", *STATES)
    )
    for part in ("day", "month")
)

_FARED = f"""
with fresh as materialized (
  select d.tenant_id, d.hour, d.at, {_OF_DELTAS} from delivery_deltas d where d.tenant_id = any ($1) and d.hour >= $3
), new_day as (
  select tenant_id, {_SUMS} from fresh where hour >= $2 group by tenant_id
), new_month as (
  select tenant_id, {_SUMS}, max(at) as last_at from fresh group by tenant_id
)
select w.id, {_DAY}, {_MONTH}, greatest(month.last_at, new_month.last_at) as last_at
from unnest($1::uuid[]) as w (id)
cross join lateral (
  select {_SUMS} from delivery_stats
  where tenant_id = w.id and grain = 'hour' and stream = '' and provider = '' and start >= $2
) day
cross join lateral (
  select {_SUMS}, max(last_at) as last_at from delivery_stats
  where tenant_id = w.id and grain = 'day' and stream = '' and provider = '' and start >= $3
) month
left join new_day on new_day.tenant_id = w.id
left join new_month on new_month.tenant_id = w.id"""  # noqa: S608

_COURSES = """
select tenant_id, start, sum(deliveries)::bigint as deliveries from (
  select tenant_id, start, deliveries from delivery_stats
  where tenant_id = any ($1) and grain = 'hour' and stream = '' and provider = '' and start >= $2
  union all
  select tenant_id, hour, deliveries from delivery_deltas where tenant_id = any ($1) and hour >= $2
) known group by 1, 2"""


async def fold(connection: Connection, limit: int) -> int:
    """Fold some deltas into their hours and days, as the fleet role; gives how many."""
    folded: int = await connection.fetchval(_FOLD, limit)
    return folded


async def forget_hours(connection: Connection, before: datetime, limit: int) -> int:
    """Delete old hours, as the fleet role; days stay. Gives how many those were."""
    rows = await connection.fetch(
        """delete from delivery_stats where ctid = any (array(
             select ctid from delivery_stats where grain <> 'day' and start < $1 limit $2)) returning 1""",
        before,
        limit,
    )
    return len(rows)


async def buckets(
    connection: Connection, tenant_ids: Sequence[UUID], grain: Grain, since: datetime
) -> list[asyncpg.Record]:
    """Give what was accepted in each hour or day, of all these tenants together; empty ones are left out."""
    return await connection.fetch(_BUCKETS, tenant_ids, grain, since)


async def parts(
    connection: Connection,
    tenant_id: UUID,
    grain: Grain,
    since: datetime,
    until: datetime,
    stream: str = "",
    provider: str = "",
    *,
    all_below: bool = False,
) -> list[asyncpg.Record]:
    """Give a tenant's hours or days by stream and provider, or those of all below it too; empty ones are left out."""
    return await connection.fetch(_PARTS, tenant_id, grain, since, until, stream, provider, all_below)


async def fared(
    connection: Connection, tenant_ids: Sequence[UUID], day: datetime, month: datetime
) -> list[asyncpg.Record]:
    """Give each tenant's counts since two moments, a few microseconds apiece."""
    return await connection.fetch(_FARED, tenant_ids, day, month)


async def courses(connection: Connection, tenant_ids: Sequence[UUID], since: datetime) -> list[asyncpg.Record]:
    """Give each tenant's deliveries of each hour."""
    return await connection.fetch(_COURSES, tenant_ids, since)
