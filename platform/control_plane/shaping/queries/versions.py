"""The SQL of versions of what the operator changed (fleet role)."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_COLUMNS = "id, number, changes::text as changes, reason, author, created_at"


async def newest(connection: Connection, *, lock: bool = False) -> asyncpg.Record | None:
    """Find the version in force; with `lock`, nobody else saves one until the transaction ends."""
    if lock:
        await connection.execute("select pg_advisory_xact_lock(hashtext('shaping_versions'))")
    return await connection.fetchrow(f"select {_COLUMNS} from shaping_versions order by number desc limit 1")  # noqa: S608


async def insert(
    connection: Connection, version_id: UUID, number: int, changes: str, reason: str, author: str
) -> asyncpg.Record:
    """Save a version."""
    row = await connection.fetchrow(
        f"""insert into shaping_versions (id, number, changes, reason, author) values ($1, $2, $3::jsonb, $4, $5)
            returning {_COLUMNS}""",  # noqa: S608
        version_id,
        number,
        changes,
        reason,
        author,
    )
    assert row is not None
    return row


async def page(connection: Connection, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """List versions, newest first."""
    return await connection.fetch(
        f"select {_COLUMNS} from shaping_versions where $1::uuid is null or id < $1 order by id desc limit $2",  # noqa: S608
        after,
        limit,
    )


async def find(connection: Connection, version_id: UUID) -> asyncpg.Record | None:
    """Find a version."""
    return await connection.fetchrow(f"select {_COLUMNS} from shaping_versions where id = $1", version_id)  # noqa: S608
