"""The SQL of whose an address was, and how it fared with them (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_SUMS = """
select coalesce(sum(d.sent), 0)::int as sent, coalesce(sum(d.bounced), 0)::int as bounced,
  coalesce(sum(d.deferred), 0)::int as deferred, coalesce(sum(d.complained), 0)::int as complained
from ip_daily d where d.ip_id = t.ip_id and d.day >= (t.began_at at time zone 'UTC')::date"""

_TENURES = f"""
select t.pool_id, p.name as pool_name, p.tenant_id, t.began_at, t.ended_at, t.listings, t.burnt,
  case when t.ended_at is null then s.sent else t.sent end as sent,
  case when t.ended_at is null then s.bounced else t.bounced end as bounced,
  case when t.ended_at is null then s.deferred else t.deferred end as deferred,
  case when t.ended_at is null then s.complained else t.complained end as complained
from ip_tenures t join ip_pools p on p.id = t.pool_id cross join lateral ({_SUMS}) s
where t.ip_id = $1 order by t.began_at desc, t.id desc limit $2"""  # noqa: S608  made of our own constants

_END = f"""
update ip_tenures set ended_at = $2, sent = s.sent, bounced = s.bounced, deferred = s.deferred,
  complained = s.complained
from (select t.id, s.* from ip_tenures t cross join lateral ({_SUMS}) s where t.ip_id = $1 and t.ended_at is null) s
where ip_tenures.id = s.id"""  # noqa: S608


async def begin(connection: Connection, tenure_id: UUID, ip_id: UUID, pool_id: UUID, now: datetime) -> None:
    """Note that an address has come into a pool."""
    await connection.execute(
        "insert into ip_tenures (id, ip_id, pool_id, began_at) values ($1, $2, $3, $4)", tenure_id, ip_id, pool_id, now
    )


async def end(connection: Connection, ip_id: UUID, now: datetime) -> None:
    """Note that an address has left its pool, and how it fared there."""
    await connection.execute(_END, ip_id, now)


async def latest(connection: Connection, ip_id: UUID, limit: int) -> list[asyncpg.Record]:
    """List an address's tenures, the newest first."""
    return await connection.fetch(_TENURES, ip_id, limit)


async def mark_burnt(connection: Connection, ip_id: UUID) -> None:
    """Note that an address is quarantined for what was sent from it."""
    await connection.execute("update ip_tenures set burnt = true where ip_id = $1 and ended_at is null", ip_id)


async def count_listing(connection: Connection, ip_ids: Sequence[UUID]) -> None:
    """Note that addresses were found on a severe list."""
    await connection.execute(
        "update ip_tenures set listings = listings + 1, burnt = true where ip_id = any ($1) and ended_at is null",
        ip_ids,
    )
