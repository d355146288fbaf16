"""The SQL of versions of what the operator changed (fleet role)."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_COLUMNS = "id, number, changes::text as changes, reason, author, created_at"


async def lock(connection: Connection, *, shared: bool = False) -> None:
    """Let nobody change what is in force until the transaction ends; with `shared`, others may go by it meanwhile."""
    way = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await connection.execute(f"select {way}(hashtext('shaping_versions'))")


async def in_force(connection: Connection) -> asyncpg.Record | None:
    """Find the version in force; none: the set that comes with the product."""
    return await connection.fetchrow(
        f"select {_COLUMNS} from shaping_versions where number = (select number from shaping_in_force)"  # noqa: S608
    )


async def newest_number(connection: Connection) -> int:
    """Give the number that was saved last."""
    number: int = await connection.fetchval("select coalesce(max(number), 0) from shaping_versions")
    return number


async def numbered(connection: Connection, number: int) -> asyncpg.Record | None:
    """Find a version by its number."""
    return await connection.fetchrow(f"select {_COLUMNS} from shaping_versions where number = $1", number)  # noqa: S608


async def assigned(connection: Connection, node_id: UUID) -> tuple[int, str]:
    """Give number and release that a node is to have: its own while one is rolled out to it, else those in force."""
    row = await connection.fetchrow(
        """select coalesce(p.number, f.number, 0) as number, coalesce(p.release, f.release, 'default') as release
           from (select 1) as always left join shaping_in_force f on true left join shaping_pins p on p.node_id = $1""",
        node_id,
    )
    assert row is not None
    return row["number"], row["release"]


async def put_in_force(connection: Connection, number: int, release: str) -> None:
    """Put a version in force for all nodes that have none of their own."""
    await connection.execute(
        """insert into shaping_in_force (number, release) values ($1, $2)
           on conflict (one) do update set number = excluded.number, release = excluded.release""",
        number,
        release,
    )


async def pin(connection: Connection, node_id: UUID, number: int, release: str) -> None:
    """Give a node a version of its own."""
    await connection.execute(
        """insert into shaping_pins (node_id, number, release) values ($1, $2, $3)
           on conflict (node_id) do update set number = excluded.number, release = excluded.release""",
        node_id,
        number,
        release,
    )


async def unpin(connection: Connection, node_ids: Sequence[UUID]) -> None:
    """Let nodes have the version in force again."""
    await connection.execute("delete from shaping_pins where node_id = any ($1)", node_ids)


async def unpin_all(connection: Connection) -> None:
    """Let all nodes have the version in force."""
    await connection.execute("delete from shaping_pins")


async def any_pinned(connection: Connection) -> bool:
    """Say whether any node has a version of its own."""
    found: bool = await connection.fetchval("select exists (select from shaping_pins)")
    return found


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
