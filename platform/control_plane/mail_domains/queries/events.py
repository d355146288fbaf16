"""What happened to the bound tenant's domains, for its webhooks and timeline."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant


async def insert_event(connection: Connection, event_id: UUID, event_type: str, at: datetime, data: str) -> None:
    """Store something that happened to a domain."""
    await connection.execute(
        "insert into events (tenant_id, id, type, at, data) values ($1, $2, $3, $4, $5::jsonb)",
        bound_tenant(),
        event_id,
        event_type,
        at,
        data,
    )
