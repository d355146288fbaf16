"""Forget what messages said (fleet role), and for how long it is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.deliveries.schemas import WITH_US

DAYS_DEFAULT = 7

_SETTLED = timedelta(minutes=15)
"""A message's id is made before its transaction ends: of what is younger, some may not be seen yet."""

# Each tenant's own bounds: the database opens the partitions between them, and no others.
_OLD = f"""
select t.id as tenant_id, old.id from tenants t
left join message_settings s on s.tenant_id = t.id left join content_forgotten f on f.tenant_id = t.id
cross join lateral (
  select m.id from messages m
  where m.tenant_id = t.id and m.id > coalesce(f.until, '00000000-0000-0000-0000-000000000000')
    and m.id < uuid_at(least($1::timestamptz - make_interval(days => coalesce(s.content_days, {DAYS_DEFAULT})), $4))
  order by m.id limit $2
) old
where t.erased_at is null limit $3
"""  # noqa: S608 our own number
_WAITED_FOR = """
select tenant_id, message_id as id from content_waiting
where (tenant_id, message_id) > ($1, $2) order by tenant_id, message_id limit $3
"""
_STILL_WAITING = """
select distinct tenant_id, message_id from deliveries
where tenant_id = any ($1) and message_id = any ($2) and status = any ($3) and id >= $4 and id < $5
"""
_FORGET = """
update messages m set content = null from unnest($1::uuid[], $2::uuid[]) as old (tenant_id, id)
where m.tenant_id = old.tenant_id and m.id = old.id and m.id between $3 and $4 and m.content is not null
"""
_ADVANCE = """
insert into content_forgotten (tenant_id, until)
select tenant_id, until from unnest($1::uuid[], $2::uuid[]) as n (tenant_id, until)
on conflict (tenant_id) do update set until = greatest(content_forgotten.until, excluded.until)
"""


async def days(connection: Connection, tenant_id: UUID) -> int:
    """Give for how many days a tenant wants contents kept (app role)."""
    found: int | None = await connection.fetchval(
        "select content_days from message_settings where tenant_id = $1", tenant_id
    )
    return DAYS_DEFAULT if found is None else found


async def set_days(connection: Connection, tenant_id: UUID, content_days: int) -> None:
    """Store for how many days a tenant wants contents kept (app role)."""
    await connection.execute(
        """insert into message_settings (tenant_id, content_days) values ($1, $2)
           on conflict (tenant_id) do update set content_days = excluded.content_days""",
        tenant_id,
        content_days,
    )


async def old(connection: Connection, now: datetime, most_each: int, most: int) -> list[asyncpg.Record]:
    """Find messages whose contents are to be forgotten: of each tenant the oldest."""
    return await connection.fetch(_OLD, now, most_each, most, now - _SETTLED)


async def waited_for(connection: Connection, after: tuple[UUID, UUID], most: int) -> list[asyncpg.Record]:
    """Find messages that were old enough before, and of which something still had to be sent; in order, after a key."""
    return await connection.fetch(_WAITED_FOR, *after, most)


async def still_waiting(connection: Connection, rows: Sequence[asyncpg.Record]) -> set[tuple[UUID, UUID]]:
    """Say of which of them something is still to be sent."""
    ids = [row["id"] for row in rows]
    found = await connection.fetch(
        _STILL_WAITING,
        list({row["tenant_id"] for row in rows}),
        ids,
        WITH_US,
        UUID(int=min(ids).int >> 80 << 80),
        UUID(int=(max(ids).int >> 80) + 1 << 80),
    )
    return {(row["tenant_id"], row["message_id"]) for row in found}


async def forget(connection: Connection, keys: Sequence[tuple[UUID, UUID]]) -> None:
    """Forget what messages said."""
    ids = [message_id for _, message_id in keys]
    await connection.execute(_FORGET, [tenant_id for tenant_id, _ in keys], ids, min(ids), max(ids))


async def advance(connection: Connection, until: dict[UUID, UUID]) -> None:
    """Note how far tenants' contents were looked through."""
    await connection.execute(_ADVANCE, list(until), list(until.values()))


async def wait_for(connection: Connection, keys: Sequence[tuple[UUID, UUID]]) -> None:
    """Remember messages of which something is still to be sent."""
    await connection.execute(
        """insert into content_waiting (tenant_id, message_id) select * from unnest($1::uuid[], $2::uuid[])
           on conflict do nothing""",
        [tenant_id for tenant_id, _ in keys],
        [message_id for _, message_id in keys],
    )


async def wait_no_more(connection: Connection, keys: Sequence[tuple[UUID, UUID]]) -> None:
    """Remember them no more."""
    await connection.execute(
        """delete from content_waiting w using unnest($1::uuid[], $2::uuid[]) as done (tenant_id, id)
           where w.tenant_id = done.tenant_id and w.message_id = done.id""",
        [tenant_id for tenant_id, _ in keys],
        [message_id for _, message_id in keys],
    )
