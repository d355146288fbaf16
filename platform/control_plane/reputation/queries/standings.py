"""The SQL of how things stand with lists, and of how that changed (fleet role)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.reputation.queries.subjects import SubjectRow
from control_plane.reputation.standing import Standing

_FORGET = """
delete from blocklist_changes where id in (select id from blocklist_changes where at < $1 order by id limit $2)
returning 1"""


async def lock(connection: Connection, subject: str) -> dict[str, Standing] | None:
    """Read how a subject stands with each list, and keep others off it; None if it is not looked up any more."""
    known = await connection.fetchval("select true from blocklist_subjects where subject = $1 for update", subject)
    return {row["list"]: _standing(row) for row in await of(connection, subject)} if known else None


async def of(connection: Connection, subject: str) -> list[asyncpg.Record]:
    """Read how a subject stands with each list, the worst first."""
    return await connection.fetch(
        """select list, state, nullif(severity, '') as severity, since, looked_at, said, why, delisting_asked_at
           from blocklist_standings where subject = $1
           order by array_position(array['listed', 'suspected', 'unknown', 'clean'], state), list""",
        subject,
    )


async def save(connection: Connection, row: SubjectRow, standings: Mapping[str, Standing]) -> None:
    """Store how a subject stands with these lists."""
    await connection.executemany(
        """insert into blocklist_standings
             (subject, list, tenant_id, state, severity, since, looked_at, said, why)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (subject, list) do update set state = excluded.state, severity = excluded.severity,
             since = excluded.since, looked_at = excluded.looked_at, said = excluded.said, why = excluded.why,
             delisting_asked_at = case when excluded.state = 'listed'
               then blocklist_standings.delisting_asked_at end""",
        [
            (
                row.subject,
                name,
                row.tenant_id,
                each.state,
                each.severity or "",
                each.since,
                each.looked_at,
                list(each.said),
                each.why,
            )
            for name, each in standings.items()
        ],
    )


async def add_change(connection: Connection, change_id: UUID, row: SubjectRow, name: str, standing: Standing) -> None:
    """Remember a change."""
    await connection.execute(
        """insert into blocklist_changes (id, tenant_id, subject, list, state, at, said, why)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        change_id,
        row.tenant_id,
        row.subject,
        name,
        standing.state,
        standing.looked_at,
        list(standing.said),
        standing.why,
    )


async def changes_of(connection: Connection, subject: str, limit: int) -> list[asyncpg.Record]:
    """List a subject's changes, the newest first."""
    return await connection.fetch(
        "select at, list, state, why from blocklist_changes where subject = $1 order by id desc limit $2",
        subject,
        limit,
    )


async def forget_changes(connection: Connection, before: datetime, limit: int) -> int:
    """Delete old changes; gives how many those were."""
    return len(await connection.fetch(_FORGET, before, limit))


async def bad(connection: Connection, limit: int) -> list[asyncpg.Record]:
    """List what is on a list or may be, the most severe first."""
    return await connection.fetch(
        """select b.subject, s.what, b.tenant_id, b.list, b.state, nullif(b.severity, '') as severity, b.since,
             b.looked_at, b.said, b.why, b.delisting_asked_at
           from blocklist_standings b join blocklist_subjects s using (subject)
           where b.state in ('listed', 'suspected') order by b.severity, b.state, b.since limit $1""",
        limit,
    )


async def severely_listed(connection: Connection) -> set[str]:
    """Find the addresses that are on a severe list."""
    rows = await connection.fetch(
        """select distinct subject from blocklist_standings
           where state = 'listed' and severity = 'quarantine' and tenant_id is null"""
    )
    return {row["subject"] for row in rows}


async def ask_delisting(connection: Connection, subject: str, name: str, now: datetime) -> bool:
    """Note that a list was asked to take something off; says whether it is on it."""
    return bool(
        await connection.fetchval(
            """update blocklist_standings set delisting_asked_at = $3
               where subject = $1 and list = $2 and state in ('listed', 'suspected') returning true""",
            subject,
            name,
            now,
        )
    )


def _standing(row: asyncpg.Record) -> Standing:
    return Standing(
        state=row["state"],
        since=row["since"],
        looked_at=row["looked_at"],
        severity=row["severity"],
        said=tuple(row["said"]),
        why=row["why"],
    )
