"""Who is to be told that a limit is near or reached (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction

_LIMITED_NOW = """
  select u.tenant_id, u.resource, u.window_start, u.used, quota_limit(t.limits, p.limits, u.resource) as most
  from usage u join tenants t on t.id = u.tenant_id left join plans p on p.id = t.plan_id
  where u.window_start in (
      '-infinity', date_trunc('hour', $1, 'UTC'), date_trunc('day', $1, 'UTC'), date_trunc('month', $1, 'UTC'))
    and u.window_start = quota_window(u.resource, $1) and u.resource not in ('messages_held', 'messages_scheduled')
"""
_TELL = """
update usage u set {column} = $1 from ({limited}) s
where u.tenant_id = s.tenant_id and u.resource = s.resource and u.window_start = s.window_start
  and u.{column} is null and s.most > 0 and s.used >= s.most::numeric * {fifths} / 5
returning u.tenant_id, u.resource, u.used, s.most
"""
_WARN = _TELL.format(column="warned_at", limited=_LIMITED_NOW, fifths=4)
_EXCEED = _TELL.format(column="exceeded_at", limited=_LIMITED_NOW, fifths=5)
_FORGET = f"""
update usage u set warned_at = null, exceeded_at = null
from ({_LIMITED_NOW}) s
where u.tenant_id = s.tenant_id and u.resource = s.resource and u.window_start = s.window_start
  and u.window_start = '-infinity' and u.warned_at is not null and (s.most is null or s.used < s.most::numeric * 4 / 5)
"""  # noqa: S608 our own text


async def near(tx: Transaction, now: datetime) -> list[asyncpg.Record]:
    """Note that a warning goes out for what is nearly used up, once per window; gives those."""
    return await tx.connection.fetch(_WARN, now)


async def full(tx: Transaction, now: datetime) -> list[asyncpg.Record]:
    """Note the same for what is wholly used up."""
    return await tx.connection.fetch(_EXCEED, now)


async def forget(tx: Transaction, now: datetime) -> None:
    """Warn again of what has no window, when it was less meanwhile."""
    await tx.connection.execute(_FORGET, now)


async def insert_events(
    tx: Transaction,
    tenant_ids: Sequence[UUID],
    ids: Sequence[UUID],
    types: Sequence[str],
    now: datetime,
    data: Sequence[str],
) -> None:
    """Store events."""
    await tx.connection.execute(
        """insert into events (tenant_id, id, type, at, data)
           select e.tenant_id, e.id, e.type, $4, e.data::jsonb
           from unnest($1::uuid[], $2::uuid[], $3::text[], $5::text[]) as e (tenant_id, id, type, data)""",
        tenant_ids,
        ids,
        types,
        now,
        data,
    )
