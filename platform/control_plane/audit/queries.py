"""The SQL of the audit log."""

from collections.abc import AsyncGenerator, Iterable
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit.chain import Entry, Head
from control_plane.audit.schemas import Filters
from control_plane.core.actor import Actor
from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant

_APPEND = "select audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_COLUMNS = ", ".join(Entry.__struct_fields__)
_AT_ONCE = 500


async def append(
    tx: Transaction,
    owner: UUID,
    entry_id: UUID,
    at: datetime,
    actor: Actor,
    on_behalf_of: UUID | None,
    action: str,
    target: str,
    changes: str,
) -> None:
    """Append an entry to a tenant's log; `changes` is JSON."""
    await tx.connection.execute(
        _APPEND,
        owner,
        entry_id,
        at,
        actor.kind,
        actor.id,
        actor.name,
        actor.tenant_id,
        on_behalf_of,
        actor.address,
        action,
        target,
        changes,
    )


async def operator(tx: Transaction) -> UUID | None:
    """Find the tenant that runs the fleet, as the fleet role."""
    found: UUID | None = await tx.connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found


async def page(tx: Transaction, filters: Filters, after: UUID | None, limit: int) -> list[Entry]:
    """Find the bound tenant's entries, newest first, those before the entry `after`."""
    rows = await tx.connection.fetch(
        f"""select {_COLUMNS} from audit_log
            where tenant_id = $1
              and ($2::uuid is null or seq < (select seq from audit_log where tenant_id = $1 and id = $2))
              and ($3::text is null or action = $3 or starts_with(action, $3 || '.'))
              and ($4::text is null or actor_id = $4 or actor_name = $4)
              and ($5::text is null or target = $5)
              and ($6::timestamptz is null or at >= $6)
              and ($7::timestamptz is null or at < $7)
            order by seq desc limit $8""",  # noqa: S608 our own columns
        bound_tenant(),
        after,
        filters.action,
        filters.actor,
        filters.target,
        filters.since,
        filters.until,
        limit,
    )
    return _entries(rows)


async def following(tx: Transaction, seq: int, limit: int) -> list[Entry]:
    """Find the bound tenant's entries after a number, oldest first."""
    rows = await tx.connection.fetch(
        f"select {_COLUMNS} from audit_log where tenant_id = $1 and seq > $2 order by seq limit $3",  # noqa: S608 our own columns
        bound_tenant(),
        seq,
        limit,
    )
    return _entries(rows)


async def head(tx: Transaction, tenant_id: UUID) -> Head:
    """Find the end of a tenant's chain."""
    row = await tx.connection.fetchrow("select seq, hash from audit_heads where tenant_id = $1", tenant_id)
    return Head() if row is None else Head(row["seq"], row["hash"])


# --- For the verification, as the fleet role --------------------------------------------------------------------------


async def freeze(tx: Transaction) -> None:
    """Have the rest of the transaction see one moment; comes first in it."""
    await tx.connection.execute("set transaction isolation level repeatable read, read only")


async def owners(tx: Transaction) -> list[UUID]:
    """List the tenants that have a log."""
    rows = await tx.connection.fetch(
        "select tenant_id from audit_heads union select distinct tenant_id from audit_log order by tenant_id"
    )
    return [row["tenant_id"] for row in rows]


async def whole(tx: Transaction, tenant_id: UUID) -> AsyncGenerator[Entry]:
    """Stream a tenant's entries, oldest first."""
    query = f"select {_COLUMNS} from audit_log where tenant_id = $1 order by seq"  # noqa: S608 our own columns
    async for row in tx.connection.cursor(query, tenant_id, prefetch=_AT_ONCE):
        yield _entry(row)


def _entries(rows: Iterable[asyncpg.Record]) -> list[Entry]:
    return [_entry(row) for row in rows]


def _entry(row: asyncpg.Record) -> Entry:
    return msgspec.convert(dict(row), Entry)
