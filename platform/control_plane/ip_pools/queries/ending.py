"""The SQL of dedicated addresses whose tenants are closed, or think better of it (fleet role)."""

from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection

_OWNED = "select i.id from ips i join ip_pools p on p.id = i.pool_id join tenants t on t.id = p.tenant_id where "


async def to_drain(connection: Connection) -> list[UUID]:
    """List addresses that take mail though their tenant is closed."""
    return await _ids(connection, "t.closing_at is not null and i.status in ('warming', 'active')")


async def to_resume(connection: Connection, reason: str) -> list[UUID]:
    """List addresses that were drained for this reason and whose tenant is open again."""
    return await _ids(connection, "t.closing_at is null and i.status = 'draining' and i.reason = $1", reason)


async def to_release(connection: Connection, now: datetime) -> list[UUID]:
    """List addresses of tenants that cannot be reopened any more."""
    return await _ids(connection, "t.closing_at <= $1 and i.status in ('provisioning', 'draining', 'quarantined')", now)


async def _ids(connection: Connection, which: str, *values: object) -> list[UUID]:
    return [row["id"] for row in await connection.fetch(f"{_OWNED}{which} order by i.id", *values)]
