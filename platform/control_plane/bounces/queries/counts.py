"""How many bounces of which class there were."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_COUNT = """
insert into bounce_deltas (tenant_id, hour, let_go, stream, provider, bounce_class, bounces, example)
select b.tenant_id, date_trunc('hour', $7::timestamptz, 'UTC'),
  coalesce(date_trunc('hour', d.let_go_at, 'UTC'), hour_of(d.id)), coalesce(p.stream, 'transactional'),
  provider_of(d.recipient), b.bounce_class, count(*), max(b.reply)
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as b (tenant_id, delivery_id, bounce_class, reply)
join deliveries d on d.tenant_id = b.tenant_id and d.id = b.delivery_id and d.id between $5 and $6
left join ip_pools p on p.id = d.pool_id
group by 1, 2, 3, 4, 5, 6"""

_FOLD = """
with gone as (
  delete from bounce_deltas where (tenant_id, id) in (
    select tenant_id, id from bounce_deltas order by id limit $1)
  returning tenant_id, hour, coalesce(let_go, hour) as let_go, stream, provider, bounce_class, bounces, example
), folded as (
  insert into bounce_stats as s (tenant_id, hour, let_go, stream, provider, bounce_class, bounces, example)
  select tenant_id, hour, let_go, stream, provider, bounce_class, sum(bounces), max(example)
  from gone group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
  on conflict (tenant_id, hour, let_go, stream, provider, bounce_class)
  do update set bounces = s.bounces + excluded.bounces, example = excluded.example
)
select count(*) from gone"""

_BY_CLASS = """
select bounce_class, stream, provider, sum(bounces)::bigint as bounces from (
  select tenant_id, hour, bounce_class, stream, provider, bounces from bounce_stats
  union all
  select tenant_id, hour, bounce_class, stream, provider, bounces from bounce_deltas
) counted where tenant_id = any ($1) and hour >= $2 and hour < $3
group by 1, 2, 3 order by 4 desc, 1, 2, 3"""

_RISING = """
select s.provider, s.bounce_class, sum(s.bounces) filter (where s.hour >= $2)::bigint as lately,
  coalesce(sum(s.bounces) filter (where s.hour < $2), 0)::bigint as before,
  (array_agg(s.example order by s.hour desc) filter (where s.hour >= $2 and s.example <> ''))[1:3] as examples
from bounce_stats s left join refusal_alarms a on a.provider = s.provider and a.bounce_class = s.bounce_class
where s.hour >= $1 and s.bounce_class = any ($3) and (a.told_at is null or a.told_at < $4)
group by 1, 2 having sum(s.bounces) filter (where s.hour >= $2) >= $5 order by 3 desc"""


async def count(
    connection: Connection,
    tenant_ids: Sequence[UUID],
    delivery_ids: Sequence[UUID],
    classes: Sequence[str],
    replies: Sequence[str],
    now: datetime,
) -> None:
    """Leave what is to be counted, in a transaction of either role."""
    first, last = min(delivery_ids), max(delivery_ids)
    await connection.execute(_COUNT, tenant_ids, delivery_ids, classes, replies, first, last, now)


async def fold(connection: Connection, most: int) -> int:
    """Fold deltas into hours; gives how many."""
    folded: int = await connection.fetchval(_FOLD, most)
    return folded


async def by_class(
    connection: Connection, tenant_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[asyncpg.Record]:
    """Count bounces by class, stream and class of providers, the most first (app role)."""
    return await connection.fetch(_BY_CLASS, tenant_ids, since, until)


async def rising(
    connection: Connection, since: datetime, lately: datetime, classes: Sequence[str], quiet_since: datetime, least: int
) -> list[asyncpg.Record]:
    """List what providers refuse for, with counts lately and before that; not what was told of already."""
    return await connection.fetch(_RISING, since, lately, classes, quiet_since, least)


async def note_told(connection: Connection, provider: str, bounce_class: str, now: datetime) -> None:
    """Remember that operators were told."""
    await connection.execute(
        """insert into refusal_alarms (provider, bounce_class, told_at) values ($1, $2, $3)
           on conflict (provider, bounce_class) do update set told_at = excluded.told_at""",
        provider,
        bounce_class,
        now,
    )


async def operator(connection: Connection) -> UUID | None:
    """Find the operator at the root."""
    found: UUID | None = await connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found


async def forget_hours(connection: Connection, before: datetime) -> None:
    """Delete old hours."""
    await connection.execute("delete from bounce_stats where hour < $1", before)


async def count_returned(connection: Connection, day: date, outcome: str) -> None:
    """Count a mail to a return path."""
    await connection.execute(
        """insert into returned_mails as r (day, outcome, mails) values ($1, $2, 1)
           on conflict (day, outcome) do update set mails = r.mails + 1""",
        day,
        outcome,
    )


async def returned(connection: Connection, since: date) -> dict[str, int]:
    """Say what came to return paths since a day."""
    rows = await connection.fetch(
        "select outcome, sum(mails)::bigint as mails from returned_mails where day >= $1 group by 1", since
    )
    return {row["outcome"]: row["mails"] for row in rows}


async def forget_returned(connection: Connection, before: date) -> None:
    """Delete old days."""
    await connection.execute("delete from returned_mails where day < $1", before)
