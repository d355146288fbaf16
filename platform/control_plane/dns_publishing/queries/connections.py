"""The SQL of connected providers."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant

_COLUMNS = "id, kind, name, credentials, tested_at, created_at"


async def insert(
    tx: Transaction,
    connection_id: UUID,
    kind: str,
    name: str,
    credentials: bytes,
    tested_at: datetime | None,
    now: datetime,
    most: int,
) -> asyncpg.Record | None:
    """Store a connection unless the tenant has too many."""
    return await tx.connection.fetchrow(
        f"""insert into dns_connections (tenant_id, id, kind, name, credentials, tested_at, created_at)
            select $1, $2, $3, $4, $5, $6, $7
            where (select count(*) from dns_connections where tenant_id = $1) < $8
            returning {_COLUMNS}""",  # noqa: S608 our own columns
        bound_tenant(),
        connection_id,
        kind,
        name,
        credentials,
        tested_at,
        now,
        most,
    )


async def find(tx: Transaction, connection_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Find a connection."""
    query = f"select {_COLUMNS} from dns_connections where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    return await tx.connection.fetchrow(f"{query} for update" if lock else query, bound_tenant(), connection_id)


async def page(tx: Transaction, limit: int, after: UUID | None) -> list[asyncpg.Record]:
    """List connections, newest first."""
    return await tx.connection.fetch(
        f"""select {_COLUMNS} from dns_connections
            where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3""",  # noqa: S608 our own
        bound_tenant(),
        after,
        limit,
    )


async def change(
    tx: Transaction, connection_id: UUID, name: str, credentials: bytes, tested_at: datetime | None
) -> None:
    """Write what was changed."""
    await tx.connection.execute(
        "update dns_connections set name = $3, credentials = $4, tested_at = $5 where tenant_id = $1 and id = $2",
        bound_tenant(),
        connection_id,
        name,
        credentials,
        tested_at,
    )


async def note_tested(tx: Transaction, connection_id: UUID, now: datetime) -> None:
    """Note that the credentials opened a zone."""
    await tx.connection.execute(
        "update dns_connections set tested_at = $3 where tenant_id = $1 and id = $2", bound_tenant(), connection_id, now
    )


async def delete(tx: Transaction, connection_id: UUID) -> None:
    """Remove a connection with its publications."""
    await tx.connection.execute(
        "delete from dns_connections where tenant_id = $1 and id = $2", bound_tenant(), connection_id
    )
