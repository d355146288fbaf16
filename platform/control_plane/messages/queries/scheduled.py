"""Deliveries that go at a later moment, and when to look for them next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection

Went: TypeAlias = Literal["accepted", "held", "suppressed", "failed"]


class DueDelivery(msgspec.Struct, frozen=True):
    """A delivery whose moment has come."""

    id: UUID
    message_id: UUID
    recipient: str
    sender: str
    stream: str


_TURNS = """
select s.tenant_id, s.pool_id from schedules s
left join ip_pools p on p.id = s.pool_id join tenants t on t.id = s.tenant_id
where s.next_at <= $1 and t.status <> 'suspended' and t.erased_at is null
  and (p.stream is null or p.stream <> all (t.paused_streams))
order by p.stream is distinct from 'transactional', s.served_at limit $2
"""
_NEXT = """
insert into schedules (tenant_id, pool_id, next_at)
select $1, pool_id, next_at from unnest($2::uuid[], $3::timestamptz[]) as n (pool_id, next_at) order by pool_id
on conflict (tenant_id, pool_id) do update set next_at = least(schedules.next_at, excluded.next_at)
"""
_DUE = """
with due as (
  select id, message_id, recipient, send_at from deliveries
  where tenant_id = $1 and pool_id = $2 and status = 'scheduled' and send_at <= $3
  order by send_at, id limit $4 for update skip locked
)
select due.id, due.message_id, due.recipient, m.from_email, m.stream
from due join messages m on m.tenant_id = $1 and m.id = due.message_id order by due.send_at, due.id
"""
_LET_GO = """
update deliveries d set status = new.status, last_event_at = $4,
  let_go_at = case new.status when 'accepted' then $4::timestamptz end,
  held_for = case new.status when 'held' then 'quota' end
from unnest($2::uuid[], $3::text[]) as new (id, status)
where d.tenant_id = $1 and d.id = new.id
"""
_SERVED = """
update schedules set served_at = $3, next_at = coalesce($4, (
  select min(send_at) from deliveries where tenant_id = $1 and pool_id = $2 and status = 'scheduled'), 'infinity')
where tenant_id = $1 and pool_id = $2
"""
_RESCHEDULE = """
with those as (
  select id from deliveries where tenant_id = $1 and message_id = $2 and status = 'scheduled' order by id for update
)
update deliveries d set send_at = $3 from those where d.tenant_id = $1 and d.id = those.id
returning d.id, d.message_id, d.recipient, d.pool_id
"""


async def turns(connection: Connection, now: datetime, most: int) -> list[tuple[UUID, UUID]]:
    """List in which tenants' pools something is due: transactional mail first, then who was served longest ago.

    Fleet role.
    """
    return [(row["tenant_id"], row["pool_id"]) for row in await connection.fetch(_TURNS, now, most)]


async def expect(connection: Connection, tenant_id: UUID, moments: Mapping[UUID, datetime]) -> None:
    """Note when something is due in pools, unless something else is earlier."""
    await connection.execute(_NEXT, tenant_id, list(moments), list(moments.values()))


async def lock_turn(connection: Connection, tenant_id: UUID, pool_id: UUID) -> bool:
    """Take a tenant's turn in a pool until the transaction ends; no if somebody else has it."""
    has_it: bool = await connection.fetchval(
        "select pg_try_advisory_xact_lock(hashtextextended($1, 1))", f"schedule {tenant_id} {pool_id}"
    )
    return has_it


async def due(connection: Connection, tenant_id: UUID, pool_id: UUID, now: datetime, most: int) -> list[DueDelivery]:
    """Lock what is due, the earliest first."""
    return [DueDelivery(*row.values()) for row in await connection.fetch(_DUE, tenant_id, pool_id, now, most)]


async def let_go(
    connection: Connection, tenant_id: UUID, ids: Sequence[UUID], statuses: Sequence[Went], now: datetime
) -> None:
    """Put deliveries into the states that follow."""
    await connection.execute(_LET_GO, tenant_id, ids, statuses, now)


async def served(
    connection: Connection, tenant_id: UUID, pool_id: UUID, now: datetime, again_at: datetime | None
) -> None:
    """Note when to look again: at a moment, or when the next one is due."""
    await connection.fetchval(  # first, so that the next statement sees what those did who had the row before
        "select true from schedules where tenant_id = $1 and pool_id = $2 for update", tenant_id, pool_id
    )
    await connection.execute(_SERVED, tenant_id, pool_id, now, again_at)


async def reschedule(connection: Connection, tenant_id: UUID, message_id: UUID, at: datetime) -> list[asyncpg.Record]:
    """Set another moment for what is still scheduled of a message; gives that."""
    return await connection.fetch(_RESCHEDULE, tenant_id, message_id, at)
