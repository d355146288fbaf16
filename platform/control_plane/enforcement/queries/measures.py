"""The steps that are in force, what was in force, and whom an operator trusts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection

_COLUMNS = "tenant_id, stream, step, cause, since, bad_at, paused_at, pinned_until, figures::text as figures, note"
_LOCKED = f"select {_COLUMNS} from measures where tenant_id = any ($1) order by 1, 2 for update"  # noqa: S608 constants
_OF = f"select {_COLUMNS} from measures where tenant_id = any ($1) order by 1, 2"  # noqa: S608

_SAVE = """
insert into measures (tenant_id, stream, step, cause, since, bad_at, counts_from, paused_at, pinned_until, figures,
  note, reviewed_at)
select m.tenant_id, m.stream, m.step, m.cause, m.since, m.bad_at, m.counts_from, m.paused_at, m.pinned_until,
  m.figures::jsonb, m.note, $12
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
  $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[])
  as m (tenant_id, stream, step, cause, since, bad_at, counts_from, paused_at, pinned_until, figures, note)
order by 1, 2
on conflict (tenant_id, stream) do update set step = excluded.step, cause = excluded.cause, since = excluded.since,
  bad_at = excluded.bad_at, counts_from = excluded.counts_from, paused_at = excluded.paused_at,
  pinned_until = excluded.pinned_until, figures = excluded.figures, note = excluded.note,
  reviewed_at = excluded.reviewed_at, settled_at = null"""

_REVIEWED = """
update measures m set reviewed_at = $3, bad_at = case when m.stream = any (b.streams) then $3 else m.bad_at end
from (
  select r.tenant_id, array_remove(array_agg(b.stream), null) as streams
  from unnest($1::uuid[]) as r (tenant_id)
  left join jsonb_to_recordset($2::jsonb) as b (tenant_id uuid, stream text) on b.tenant_id = r.tenant_id group by 1
) b
where m.tenant_id = b.tenant_id"""

_CHANGE = """
insert into measure_changes (tenant_id, id, stream, before, after, cause, figures, note, at)
select c.tenant_id, c.id, c.stream, c.before, c.after, c.cause, c.figures::jsonb, c.note, $9
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
  as c (tenant_id, id, stream, before, after, cause, figures, note)"""


class MeasureRow(msgspec.Struct, frozen=True, kw_only=True):
    """A measure as it is stored, in the order of `_SAVE`."""

    tenant_id: UUID
    stream: str
    step: str
    cause: str
    since: datetime
    bad_at: datetime
    counts_from: datetime
    paused_at: datetime | None
    pinned_until: datetime | None
    figures: str
    """JSON."""
    note: str


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken, in the order of `_CHANGE`."""

    tenant_id: UUID
    id: UUID
    stream: str
    before: str
    after: str
    cause: str
    figures: str
    note: str


async def lock(connection: Connection, tenant_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Find the measures of tenants, and have others who would change them wait (fleet role).

    Who has none yet is locked, too: two would begin one at the same time.
    """
    await connection.execute(
        """select pg_advisory_xact_lock(hashtextextended('measures ' || id, 2))
           from (select unnest($1::uuid[]) as id order by 1) wanted""",
        sorted(tenant_ids),
    )
    return await connection.fetch(_LOCKED, tenant_ids)


async def of(connection: Connection, tenant_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """Find the measures of tenants that may be seen."""
    return await connection.fetch(_OF, tenant_ids)


async def save(connection: Connection, rows: Sequence[MeasureRow], changes: Sequence[ChangeRow], now: datetime) -> None:
    """Store steps that were taken, and that they were."""
    if rows:
        await connection.execute(_SAVE, *_columns(rows), now)
        await connection.execute(_CHANGE, *_columns(changes), now)


async def reviewed(
    connection: Connection, tenant_ids: Sequence[UUID], bad: Sequence[tuple[UUID, str]], now: datetime
) -> None:
    """Note that tenants' measures were looked at, and which streams' figures were bad."""
    told = [{"tenant_id": str(tenant_id), "stream": stream} for tenant_id, stream in bad]
    await connection.execute(_REVIEWED, tenant_ids, msgspec.json.encode(told).decode(), now)


async def exempt(connection: Connection, tenant_ids: Sequence[UUID], now: datetime) -> dict[UUID, datetime]:
    """Say until when which of these tenants are trusted."""
    rows = await connection.fetch(
        "select tenant_id, until from exemptions where tenant_id = any ($1) and until > $2", tenant_ids, now
    )
    return {row["tenant_id"]: row["until"] for row in rows}


async def set_exemption(connection: Connection, tenant_id: UUID, until: datetime, reason: str) -> None:
    """Trust a tenant until a moment."""
    await connection.execute(
        """insert into exemptions (tenant_id, until, reason) values ($1, $2, $3)
           on conflict (tenant_id) do update set until = excluded.until, reason = excluded.reason""",
        tenant_id,
        until,
        reason,
    )


async def in_force(connection: Connection, after: tuple[UUID, str] | None, limit: int) -> list[asyncpg.Record]:
    """List what is in force, by tenant and stream, with the tenants' names (fleet role)."""
    return await connection.fetch(
        f"""select {", ".join(f"m.{name.strip()}" for name in _COLUMNS.split(","))}, t.name
            from measures m join tenants t on t.id = m.tenant_id
            where m.step <> 'none' and t.erased_at is null
              and ($1::uuid is null or (m.tenant_id, m.stream) > ($1, $2))
            order by m.tenant_id, m.stream limit $3""",  # noqa: S608 our own constants
        after[0] if after else None,
        after[1] if after else "",
        limit,
    )


async def changes(connection: Connection, tenant_id: UUID, limit: int) -> list[asyncpg.Record]:
    """List the steps that were taken with a tenant, newest first."""
    return await connection.fetch(
        """select stream, before, after, cause, note, at from measure_changes
           where tenant_id = $1 order by id desc limit $2""",
        tenant_id,
        limit,
    )


async def forget_changes(connection: Connection, before: datetime) -> None:
    """Delete old history."""
    await connection.execute("delete from measure_changes where at < $1", before)


async def created_at(connection: Connection, tenant_id: UUID) -> datetime | None:
    """Say since when there is a tenant; None: there is none, or it may not be seen."""
    found: datetime | None = await connection.fetchval(
        "select created_at from tenants where id = $1 and erased_at is null", tenant_id
    )
    return found


def _columns(rows: Sequence[msgspec.Struct]) -> list[list[object]]:
    return [list(column) for column in zip(*map(msgspec.structs.astuple, rows), strict=True)]
