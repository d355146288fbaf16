"""End suppressions, and take an ending back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.connections import savepoint
from control_plane.core.database import Connection
from control_plane.suppressions.queries.rows import COLUMNS, SuppressionRow

_END = f"""
update suppressions set ended_at = $5, ended_as = $3, ended_by = $4, ended_because = $6
where tenant_id = $1 and id = any ($2) and ended_at is null returning {COLUMNS}"""  # noqa: S608 our own columns

_NAMED = f"""
select {COLUMNS} from suppressions
where tenant_id = $1 and ended_at is null and (email = any ($2) or id = any ($3)) and (for_clients = false or $4)
order by id for update"""  # noqa: S608 our own columns

_RESTORE = f"""
update suppressions set ended_at = null, ended_as = null, ended_by = null, ended_because = null
where tenant_id = $1 and id = $2 returning {COLUMNS}"""  # noqa: S608 our own columns

_EXPIRE = f"""
update suppressions s set ended_at = $1, ended_as = 'expired', ended_by = '', ended_because = ''
from (
  select tenant_id, id from suppressions where ended_at is null and expires_at <= $1
  order by tenant_id limit $2 for update skip locked
) over where s.tenant_id = over.tenant_id and s.id = over.id
returning s.tenant_id, {", ".join(f"s.{name.strip()}" for name in COLUMNS.split(","))}"""  # noqa: S608 our own columns


async def end(
    connection: Connection,
    tenant_id: UUID,
    suppression_ids: Sequence[UUID],
    ended_as: str,
    ended_by: str,
    now: datetime,
    because: str,
) -> list[SuppressionRow]:
    """End entries; gives those that had not ended."""
    rows = await connection.fetch(_END, tenant_id, suppression_ids, ended_as, ended_by, now, because)
    return [SuppressionRow(*row.values()) for row in rows]


async def named(
    connection: Connection,
    tenant_id: UUID,
    emails: Sequence[str],
    suppression_ids: Sequence[UUID],
    *,
    for_clients: bool,
) -> list[SuppressionRow]:
    """Find and lock the active entries that are named by their address or id."""
    rows = await connection.fetch(_NAMED, tenant_id, emails, suppression_ids, for_clients)
    return [SuppressionRow(*row.values()) for row in rows]


async def restore(connection: Connection, tenant_id: UUID, suppression_id: UUID) -> SuppressionRow | None:
    """Take an ending back; None when the address has been suppressed again since."""
    try:
        async with savepoint(connection):
            row = await connection.fetchrow(_RESTORE, tenant_id, suppression_id)
    except asyncpg.UniqueViolationError:
        return None
    return SuppressionRow(*row.values()) if row else None


async def expire(connection: Connection, now: datetime, limit: int) -> list[tuple[UUID, SuppressionRow]]:
    """End some entries whose time is over; gives them with their tenants (fleet role)."""
    rows = await connection.fetch(_EXPIRE, now, limit)
    return [(tenant_id, SuppressionRow(*rest)) for tenant_id, *rest in (row.values() for row in rows)]
