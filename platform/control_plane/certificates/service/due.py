"""What is to be worked on, whoever's it is."""

from uuid import UUID

from control_plane.certificates.queries import certificates as queries
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime

_MOST = 100


async def due(runtime: Runtime) -> list[tuple[TenantId, UUID]]:
    """List the certificates of all tenants that something is to be done about."""
    async with runtime.db.fleet_tx() as tx:
        return await queries.due(tx.connection, runtime.clock.now(), _MOST)
