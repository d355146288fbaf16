"""The SQL of the zone: as the app role for the bound tenant's own names, as the fleet role for all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection

_WRITER_LOCK = "select pg_try_advisory_xact_lock(hashtextextended('fleetpost zone writer', 0))"


class DomainOfName(msgspec.Struct, frozen=True):
    """A domain that names in the zone belong to."""

    tenant_id: UUID
    id: UUID
    name: str


class Wish(msgspec.Struct, frozen=True):
    """A record set as it is stored; without content, there is to be none."""

    name: str
    type: str
    content: tuple[str, ...]
    ttl_seconds: int


class Change(msgspec.Struct, frozen=True):
    """A record set that the name server has yet to be told of."""

    wish: Wish
    version: int


async def domains(connection: Connection, ids: Sequence[UUID], names: Sequence[str]) -> list[DomainOfName]:
    """Find domains by id, and those of the platform by name; the app role finds the bound tenant's."""
    rows = await connection.fetch(
        "select tenant_id, id, name from mail_domains where id = any ($1) or (is_ours and name = any ($2))", ids, names
    )
    return [DomainOfName(row["tenant_id"], row["id"], row["name"]) for row in rows]


async def put(connection: Connection, wish: Wish, owner: DomainOfName | None) -> None:
    """Wish for a record set."""
    await connection.execute(
        """insert into zone_records (tenant_id, domain_id, name, type, content, ttl_seconds)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (name, type) do update set content = excluded.content, ttl_seconds = excluded.ttl_seconds
           where (zone_records.content, zone_records.ttl_seconds)
                 is distinct from (excluded.content, excluded.ttl_seconds)""",
        None if owner is None else owner.tenant_id,
        None if owner is None else owner.id,
        wish.name,
        wish.type,
        wish.content,
        wish.ttl_seconds,
    )


async def remove(connection: Connection, names: Sequence[str]) -> None:
    """Wish for no records at these names."""
    await connection.execute("delete from zone_records where name = any ($1)", names)


# --- Fleet role -------------------------------------------------------------------------------------------------------


async def is_only_writer(connection: Connection) -> bool:
    """Become the only one who tells the name server, until the transaction ends; False if another is."""
    return bool(await connection.fetchval(_WRITER_LOCK))


async def has_due(connection: Connection, now: datetime) -> bool:
    """Say whether there is something to tell the name server now."""
    return bool(await connection.fetchval("select exists (select from zone_changes where due_at <= $1)", now))


async def due(connection: Connection, now: datetime, limit: int) -> list[Change]:
    """List what the name server is to be told, oldest first."""
    rows = await connection.fetch(
        """select c.name, c.type, c.version, coalesce(r.content, '{}') as content,
                  coalesce(r.ttl_seconds, 0) as ttl_seconds
           from zone_changes c left join zone_records r on r.name = c.name and r.type = c.type
           where c.due_at <= $1 order by c.version limit $2""",
        now,
        limit,
    )
    return [Change(_wish(row), row["version"]) for row in rows]


async def done(connection: Connection, changes: Sequence[Change]) -> None:
    """Forget what the name server was told, but for what has changed again meanwhile."""
    await connection.execute(
        "delete from zone_changes where version = any ($1)", [change.version for change in changes]
    )


async def postpone(connection: Connection, changes: Sequence[Change], now: datetime) -> None:
    """Put off what did not go: 5 seconds at first, twice as long each time, ten minutes at most."""
    await connection.execute(
        """update zone_changes set attempts = attempts + 1,
             due_at = $2::timestamptz + least(interval '5 seconds' * (1 << least(attempts, 10)), interval '10 minutes')
           where version = any ($1)""",
        [change.version for change in changes],
        now,
    )


async def hasten(connection: Connection, now: datetime) -> None:
    """Let everything that was put off be tried now."""
    await connection.execute("update zone_changes set due_at = $1 where due_at > $1", now)


async def waiting(connection: Connection) -> int:
    """Count what the name server has yet to be told."""
    return int(await connection.fetchval("select count(*) from zone_changes"))


async def all_wishes(connection: Connection) -> list[Wish]:
    """Give all that the zone is to hold."""
    return [_wish(row) for row in await connection.fetch("select name, type, content, ttl_seconds from zone_records")]


async def some_wishes(connection: Connection, limit: int) -> list[Wish]:
    """Give some of what the zone is to hold, others each time."""
    rows = await connection.fetch(
        "select name, type, content, ttl_seconds from zone_records order by random() limit $1", limit
    )
    return [_wish(row) for row in rows]


async def tell_again(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """Have the name server told of record sets again."""
    await connection.executemany(
        "insert into zone_changes (name, type) values ($1, $2) on conflict do nothing", list(keys)
    )


def _wish(row: asyncpg.Record) -> Wish:
    return Wish(row["name"], row["type"], tuple(row["content"]), row["ttl_seconds"])
