"""How large a tenant's messages may be (fleet role)."""

from uuid import UUID

from control_plane.core.database import Connection


async def most_bytes(connection: Connection, tenant_id: UUID) -> int | None:
    """Give the limit of the tenant's own, or else its plan's; None: there is none."""
    found: int | None = await connection.fetchval(
        """select quota_limit(t.limits, p.limits, 'message_bytes') from tenants t left join plans p on p.id = t.plan_id
           where t.id = $1 and session_user = 'fleetpost_fleet'""",
        tenant_id,
    )
    return found
