"""A connection that sees everything, to look at the walls from outside."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from control_plane.core.connections import NO_JIT

_TABLES = """
select c.oid::regclass::text from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1"""
_DIGEST = """
select '{table}' as name, md5(coalesce(string_agg(said, e'\\n' order by said collate "C"), '')) as digest
from (
  select (to_jsonb(t) - 'last_used_at' - 'last_used_address')::text as said from {table} t where {column} = any ($1)
) x"""
"""But for when a key was used: its use notes that."""


@asynccontextmanager
async def superuser(owner_url: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
    """Connect as the cluster's own superuser."""
    connection = await asyncpg.connect(owner_url.replace("fleetpost_owner@", "postgres@"), server_settings=NO_JIT)
    try:
        yield connection
    finally:
        await connection.close()


async def tenant_tables(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """List the tables that hold tenants' data."""
    return [row[0] for row in await connection.fetch(_TABLES)]


async def digests(connection: "asyncpg.Connection[asyncpg.Record]", owners: Sequence[UUID]) -> dict[str, str]:
    """Give a digest of what tenants have in each table, and of the tenants themselves."""
    tables = [(table, "tenant_id") for table in await tenant_tables(connection)] + [("tenants", "id")]
    parts = [_DIGEST.format(table=table, column=column) for table, column in tables]
    return {row["name"]: row["digest"] for row in await connection.fetch(" union all ".join(parts), list(owners))}
