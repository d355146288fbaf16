"""A connection that sees everything, to look at the walls from outside."""

import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

_TABLES = """
select c.oid::regclass::text from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1"""
_UNIMPORTANT = "- 'last_used_at' - 'last_used_address'"
"""When a key was used is noted by its use."""


@asynccontextmanager
async def superuser(owner_url: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
    """Connect as the cluster's own superuser."""
    connection = await asyncpg.connect(owner_url.replace("fleetpost_owner@", "postgres@"))
    try:
        yield connection
    finally:
        await connection.close()


async def tenant_tables(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """List the tables that hold tenants' data."""
    return [row[0] for row in await connection.fetch(_TABLES)]


async def digests(connection: "asyncpg.Connection[asyncpg.Record]", owners: Sequence[UUID]) -> dict[str, str]:
    """Give a digest of what tenants have in each table, and of the tenants themselves."""
    found = {}
    for table in [*await tenant_tables(connection), "tenants"]:
        column = "id" if table == "tenants" else "tenant_id"
        rows = await connection.fetch(
            f"select (to_jsonb(t) {_UNIMPORTANT})::text as row from {table} t where {column} = any ($1) order by 1",
            list(owners),
        )
        found[table] = hashlib.sha256("\n".join(row["row"] for row in rows).encode()).hexdigest()
    return found
