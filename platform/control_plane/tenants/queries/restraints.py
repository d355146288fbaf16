"""The SQL of what keeps a tenant's mail back."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.tenants.schemas import Status


async def restrain(
    connection: Connection,
    tenant_id: UUID,
    status: Status,
    throttled_hour: int | None,
    paused: Sequence[str],
    risk: Sequence[str],
) -> None:
    """Store what is in force for a tenant itself (fleet role); `tree.recompute` says what follows."""
    await connection.execute(
        """update tenants set enforced_status = $2, throttled_hour = $3, paused_streams = $4, risk_streams = $5
           where id = $1""",
        tenant_id,
        status,
        throttled_hour,
        paused,
        risk,
    )


async def paused_streams(connection: Connection, tenant_id: UUID) -> list[str]:
    """Say which of a tenant's streams are paused."""
    found: list[str] | None = await connection.fetchval("select paused_streams from tenants where id = $1", tenant_id)
    return found or []


async def limits_in_force(connection: Connection, tenant_id: UUID) -> tuple[int | None, int | None]:
    """Give what a tenant may send an hour while it is throttled, and a day while it is new."""
    row = await connection.fetchrow("select throttled_hour, starting_day from tenants where id = $1", tenant_id)
    return (None, None) if row is None else (row["throttled_hour"], row["starting_day"])
