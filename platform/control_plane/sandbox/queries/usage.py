"""How much was played for tenants on a day."""

from datetime import date
from uuid import UUID

from control_plane.core.database import Connection

_HOLD = """
insert into sandbox_usage as u (tenant_id, day, deliveries) values ($1, $2, 0)
on conflict (tenant_id, day) do update set deliveries = u.deliveries returning deliveries"""


async def hold(connection: Connection, tenant_id: UUID, day: date) -> int:
    """Give how much that is; nobody else counts until the transaction ends (app role)."""
    used: int = await connection.fetchval(_HOLD, tenant_id, day)
    return used


async def count(connection: Connection, tenant_id: UUID, day: date, deliveries: int) -> None:
    """Count more (app role)."""
    await connection.execute(
        "update sandbox_usage set deliveries = deliveries + $3 where tenant_id = $1 and day = $2",
        tenant_id,
        day,
        deliveries,
    )


async def forget(connection: Connection, before: date) -> None:
    """Forget days that are over (fleet role)."""
    await connection.execute("delete from sandbox_usage where day < $1", before)
