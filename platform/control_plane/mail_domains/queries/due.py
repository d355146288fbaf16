"""Which checks are due, and whose turn it is to make them."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant


async def postpone_if_due(connection: Connection, domain_id: UUID, now: datetime, until: datetime) -> bool:
    """Put a due check off, so that no other worker does it as well; says whether it was due."""
    found = await connection.fetchval(
        """update mail_domains set next_check_at = $4
           where tenant_id = $1 and id = $2 and next_check_at <= $3 returning true""",
        bound_tenant(),
        domain_id,
        now,
        until,
    )
    return found is not None


async def due(connection: Connection, now: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List the domains that are to be checked (fleet role)."""
    rows = await connection.fetch(
        "select tenant_id, id from mail_domains where next_check_at <= $1 order by next_check_at limit $2", now, limit
    )
    return [(TenantId(row["tenant_id"]), row["id"]) for row in rows]
