"""The SQL of telling the operator (fleet role)."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection


async def operator(connection: Connection) -> UUID | None:
    """Find the operator at the root."""
    found: UUID | None = await connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found


async def insert(
    connection: Connection, tenant_id: UUID, event_id: UUID, event_type: str, at: datetime, data: str
) -> None:
    """Store an event; `data` is JSON."""
    await connection.execute(
        "insert into events (tenant_id, id, type, at, data) values ($1, $2, $3, $4, $5::jsonb)",
        tenant_id,
        event_id,
        event_type,
        at,
        data,
    )
