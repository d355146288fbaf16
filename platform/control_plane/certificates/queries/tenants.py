"""Whose names are to be looked at (fleet role)."""

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId


async def root_operator(connection: Connection) -> TenantId | None:
    """Find the operator who runs the platform."""
    found: TenantId | None = await connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found


async def with_own_names(connection: Connection) -> list[TenantId]:
    """List who may have names of their own: agencies with a proven host name, and who runs the platform."""
    rows = await connection.fetch("select tenant_id from brands where host_proven_at is not null")
    root = await root_operator(connection)
    return [*(TenantId(row["tenant_id"]) for row in rows), *([] if root is None else [root])]
