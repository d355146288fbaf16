"""The SQL of tenants whose state in force has not reached queue and nodes yet (fleet role)."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.tenants.schemas import Status


async def unsettled(connection: Connection, limit: int) -> list[UUID]:
    """List tenants that are not settled, those that wait longest first."""
    rows = await connection.fetch(
        """select id from tenants where settled_status <> status and erased_at is null
           order by status_changed_at limit $1""",
        limit,
    )
    return [row["id"] for row in rows]


async def status_held(connection: Connection, tenant_id: UUID) -> Status | None:
    """Give a tenant's state in force, which nobody changes until this transaction ends; None when it is gone."""
    status: Status | None = await connection.fetchval(
        "select status from tenants where id = $1 and erased_at is null for share", tenant_id
    )
    return status


async def mark_settled(connection: Connection, tenant_id: UUID, since: datetime) -> None:
    """Note that queue and nodes follow the tenant's state, if it has been the same since a moment."""
    await connection.execute(
        "update tenants set settled_status = status where id = $1 and status_changed_at <= $2", tenant_id, since
    )
