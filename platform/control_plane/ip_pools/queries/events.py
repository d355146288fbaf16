"""The SQL of what became of a tenant's own addresses (fleet role)."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection


async def insert(
    connection: Connection, tenant_id: UUID, event_id: UUID, event_type: str, at: datetime, data: str
) -> None:
    """Store an event for the tenant whose own address it is."""
    await connection.execute(
        "insert into events (tenant_id, id, type, at, data) values ($1, $2, $3, $4, $5::jsonb)",
        tenant_id,
        event_id,
        event_type,
        at,
        data,
    )
