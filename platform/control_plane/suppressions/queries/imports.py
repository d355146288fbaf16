"""Files of addresses on their way into the list."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.suppressions.import_lines import Defaults, Form

COLUMNS = """id, status, form, reason, stream, for_clients, created_by, columns, lines, added, known, failed,
  faults::text as faults, bytes, bytes_read, created_at, finished_at"""


class ImportRow(msgspec.Struct, frozen=True):
    """An import as it is stored, in the order of `COLUMNS`."""

    id: UUID
    status: str
    form: str
    reason: str
    stream: str
    for_clients: bool
    created_by: str
    columns: list[str] | None
    lines: int
    added: int
    known: int
    failed: int
    faults: str
    bytes: int
    bytes_read: int
    created_at: datetime
    finished_at: datetime | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What one part added to an import."""

    columns: Sequence[str] | None
    lines: int
    added: int
    known: int
    failed: int
    faults: str
    """JSON."""
    bytes_read: int


async def insert(
    connection: Connection,
    tenant_id: UUID,
    import_id: UUID,
    form: Form,
    defaults: Defaults,
    created_by: str,
    now: datetime,
    most_open: int,
) -> bool:
    """Begin an import unless too many are open."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1::text, 1))", str(tenant_id))
    made = await connection.fetchval(
        """insert into suppression_imports
             (tenant_id, id, status, form, reason, stream, for_clients, created_by, created_at)
           select $1, $2, 'uploading', $3, $4, $5, $6, $7, $8
           where (select count(*) from suppression_imports where tenant_id = $1 and status <> 'finished') < $9
           returning id""",
        tenant_id,
        import_id,
        form,
        defaults.reason,
        defaults.stream or "",
        defaults.for_clients,
        created_by,
        now,
        most_open,
    )
    return made is not None


async def add_part(connection: Connection, tenant_id: UUID, import_id: UUID, place: int, content: bytes) -> None:
    """Store a part of an upload."""
    await connection.execute(
        """insert into suppression_import_parts (tenant_id, import_id, place, content)
           select $1, id, $3, $4 from suppression_imports where tenant_id = $1 and id = $2""",
        tenant_id,
        import_id,
        place,
        content,
    )
    await connection.execute(
        "update suppression_imports set bytes = bytes + $3 where tenant_id = $1 and id = $2",
        tenant_id,
        import_id,
        len(content),
    )


async def set_waiting(connection: Connection, tenant_id: UUID, import_id: UUID, now: datetime) -> None:
    """Note that an upload is complete; an empty one is finished with that."""
    await connection.execute(
        """update suppression_imports set status = case when bytes = 0 then 'finished' else 'waiting' end,
             finished_at = case when bytes = 0 then $3::timestamptz end
           where tenant_id = $1 and id = $2 and status = 'uploading'""",
        tenant_id,
        import_id,
        now,
    )


async def drop(connection: Connection, tenant_id: UUID, import_id: UUID) -> None:
    """Forget an upload that cannot be used."""
    await connection.execute(
        "delete from suppression_imports where tenant_id = $1 and id = $2 and status = 'uploading'",
        tenant_id,
        import_id,
    )


async def find(connection: Connection, tenant_id: UUID, import_id: UUID) -> ImportRow | None:
    """Find an import."""
    row = await connection.fetchrow(
        f"select {COLUMNS} from suppression_imports where tenant_id = $1 and id = $2",  # noqa: S608 our own columns
        tenant_id,
        import_id,
    )
    return ImportRow(*row.values()) if row else None


async def claim(connection: Connection, tenant_id: UUID, import_id: UUID) -> ImportRow | None:
    """Lock an import that is to be worked on; None if another worker is at it, or nothing is to be done."""
    row = await connection.fetchrow(
        f"""select {COLUMNS} from suppression_imports
            where tenant_id = $1 and id = $2 and status in ('waiting', 'running')
            for update skip locked""",  # noqa: S608 our own columns
        tenant_id,
        import_id,
    )
    return ImportRow(*row.values()) if row else None


async def take_part(connection: Connection, tenant_id: UUID, import_id: UUID) -> bytes | None:
    """Take the next part out."""
    content: bytes | None = await connection.fetchval(
        """delete from suppression_import_parts where tenant_id = $1 and import_id = $2 and place = (
             select min(place) from suppression_import_parts where tenant_id = $1 and import_id = $2)
           returning content""",
        tenant_id,
        import_id,
    )
    return content


async def save_progress(connection: Connection, tenant_id: UUID, import_id: UUID, progress: Progress) -> None:
    """Count what a part had."""
    await connection.execute(
        """update suppression_imports set status = 'running', columns = $3, lines = lines + $4, added = added + $5,
             known = known + $6, failed = failed + $7, faults = $8::jsonb, bytes_read = bytes_read + $9
           where tenant_id = $1 and id = $2""",
        tenant_id,
        import_id,
        progress.columns,
        progress.lines,
        progress.added,
        progress.known,
        progress.failed,
        progress.faults,
        progress.bytes_read,
    )


async def finish(connection: Connection, tenant_id: UUID, import_id: UUID, now: datetime) -> None:
    """Note that all is read."""
    await connection.execute(
        "update suppression_imports set status = 'finished', finished_at = $3 where tenant_id = $1 and id = $2",
        tenant_id,
        import_id,
        now,
    )


async def page(connection: Connection, tenant_id: UUID, limit: int, after: UUID | None) -> list[ImportRow]:
    """Find imports, the newest first."""
    rows = await connection.fetch(
        f"""select {COLUMNS} from suppression_imports where tenant_id = $1 and ($2::uuid is null or id < $2)
            order by id desc limit $3""",  # noqa: S608 our own columns
        tenant_id,
        after,
        limit,
    )
    return [ImportRow(*row.values()) for row in rows]


async def waiting(connection: Connection, limit: int) -> list[tuple[UUID, UUID]]:
    """Find imports that are to be worked on, with their tenants (fleet role)."""
    rows = await connection.fetch(
        """select tenant_id, id from suppression_imports where status in ('waiting', 'running')
           order by created_at limit $1""",
        limit,
    )
    return [(row["tenant_id"], row["id"]) for row in rows]


async def forget_uploads(connection: Connection, before: datetime) -> None:
    """Delete uploads that were broken off (fleet role)."""
    await connection.execute("delete from suppression_imports where status = 'uploading' and created_at < $1", before)
