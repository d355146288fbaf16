"""Acts on many deliveries: what they are for, how far they are, and the next few (app role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.queries.acts import Waiting


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries are meant."""

    statuses: tuple[str, ...]
    message_ids: tuple[UUID, ...] | None = None
    """None: all."""
    held_for: str | None = None
    stream: str | None = None
    before: UUID
    """Of messages with smaller ids."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever asked may reach."""

    domains: tuple[str, ...] = ()
    only_sandbox: bool = False


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """An act that is not finished."""

    act: str
    wanted: Wanted
    bounds: Bounds
    from_above: bool
    after: tuple[UUID, UUID]


_MEANT = """
from deliveries d left join ip_pools p on p.id = d.pool_id
where d.tenant_id = $1 and d.status = any ($2) and (d.status <> 'accepted' or d.lease_id is null)
  and ($3::uuid[] is null or d.message_id = any ($3)) and ($4::text is null or d.held_for = $4)
  and ($5::text is null or p.stream = $5) and d.message_id < $6
  and (not $7 or d.pool_id = $8)
  and ($9::text[] = '{}' or exists (select from messages m
    where m.tenant_id = $1 and m.id = d.message_id and lower(split_part(m.from_email, '@', -1)) = any ($9)))"""
_COUNT = f"select count(*) {_MEANT}"
_PICK = f"""
select d.id, d.message_id, d.recipient, d.pool_id, d.status, d.held_for {_MEANT}
  and (d.message_id, d.id) > ($10, $11)
order by d.message_id, d.id limit $12 for update of d"""
_RUNNING = """
select tenant_id, id from (
  select distinct on (b.tenant_id) b.tenant_id, b.id, b.created_at from bulk_acts b join tenants t on t.id = b.tenant_id
  where b.finished_at is null and t.erased_at is null order by b.tenant_id, b.created_at
) oldest order by created_at limit $1
"""
_COLUMNS = "id, act, matched, done, kept, refused, created_at, finished_at"


async def has_room(connection: Connection, tenant_id: UUID, most: int) -> bool:
    """Say whether a tenant may begin another act; nobody else begins one of its until the transaction ends."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 1))", f"bulk acts {tenant_id}")
    has_room: bool = await connection.fetchval(
        "select count(*) < $2 from bulk_acts where tenant_id = $1 and finished_at is null", tenant_id, most
    )
    return has_room


async def insert(
    connection: Connection,
    tenant_id: UUID,
    act_id: UUID,
    act: str,
    wanted: Wanted,
    bounds: Bounds,
    *,
    from_above: bool,
    now: datetime,
) -> None:
    """Begin an act; it knows how many deliveries are meant."""
    matched = await connection.fetchval(_COUNT, tenant_id, *_values(wanted, bounds))
    await connection.execute(
        """insert into bulk_acts (tenant_id, id, act, wanted, domains, only_sandbox, from_above, matched, created_at)
           values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9)""",
        tenant_id,
        act_id,
        act,
        msgspec.json.encode(wanted).decode(),
        bounds.domains,
        bounds.only_sandbox,
        from_above,
        matched,
        now,
    )


async def find(connection: Connection, tenant_id: UUID, act_id: UUID) -> asyncpg.Record | None:
    """Find an act."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from bulk_acts where tenant_id = $1 and id = $2",  # noqa: S608 our own columns
        tenant_id,
        act_id,
    )


async def lock(connection: Connection, tenant_id: UUID, act_id: UUID) -> Doing | None:
    """Take an act to go on with it; None: it is finished, or somebody else has it."""
    row = await connection.fetchrow(
        """select act, wanted::text as wanted, domains, only_sandbox, from_above, last_message_id, last_delivery_id
           from bulk_acts where tenant_id = $1 and id = $2 and finished_at is null for update skip locked""",
        tenant_id,
        act_id,
    )
    if row is None:
        return None
    return Doing(
        act=row["act"],
        wanted=msgspec.json.decode(row["wanted"], type=Wanted),
        bounds=Bounds(domains=tuple(row["domains"]), only_sandbox=row["only_sandbox"]),
        from_above=row["from_above"],
        after=(row["last_message_id"], row["last_delivery_id"]),
    )


async def pick(connection: Connection, tenant_id: UUID, doing: Doing, most: int) -> list[Waiting]:
    """Lock the next deliveries that are meant."""
    rows = await connection.fetch(_PICK, tenant_id, *_values(doing.wanted, doing.bounds), *doing.after, most)
    return [Waiting(*row.values()) for row in rows]


async def cancel(connection: Connection, tenant_id: UUID, ids: Sequence[UUID], now: datetime) -> None:
    """Cancel deliveries that are locked."""
    await connection.execute(
        """update deliveries set status = 'cancelled', held_for = null, parked_until = null, last_event_at = $3
           where tenant_id = $1 and id = any ($2)""",
        tenant_id,
        ids,
        now,
    )


async def hold_for_quota(connection: Connection, tenant_id: UUID, ids: Sequence[UUID]) -> None:
    """Have held deliveries go as soon as there is room for them."""
    await connection.execute(
        "update deliveries set held_for = 'quota' where tenant_id = $1 and id = any ($2)", tenant_id, ids
    )


async def progress(
    connection: Connection,
    tenant_id: UUID,
    act_id: UUID,
    after: tuple[UUID, UUID],
    counts: tuple[int, int, int],
    finished_at: datetime | None,
) -> None:
    """Note how far an act has come: what was done, kept and refused."""
    await connection.execute(
        """update bulk_acts set done = done + $3, kept = kept + $4, refused = refused + $5, last_message_id = $6,
             last_delivery_id = $7, finished_at = $8
           where tenant_id = $1 and id = $2""",
        tenant_id,
        act_id,
        *counts,
        *after,
        finished_at,
    )


async def running(connection: Connection, most: int) -> list[tuple[UUID, UUID]]:
    """List each tenant's oldest act that is not finished: tenant and act (fleet role)."""
    return [(row["tenant_id"], row["id"]) for row in await connection.fetch(_RUNNING, most)]


async def forget(connection: Connection, before: datetime) -> None:
    """Forget acts that were finished before a moment (fleet role)."""
    await connection.execute("delete from bulk_acts where finished_at < $1", before)


def _values(wanted: Wanted, bounds: Bounds) -> tuple[object, ...]:
    return (
        wanted.statuses,
        wanted.message_ids,
        wanted.held_for,
        wanted.stream,
        wanted.before,
        bounds.only_sandbox,
        SANDBOX_POOL,
        bounds.domains,
    )
