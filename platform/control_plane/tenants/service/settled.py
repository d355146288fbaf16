"""Which tenants' states have not reached queue and nodes yet (fleet role)."""

from datetime import datetime

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId
from control_plane.tenants.queries import settling as queries
from control_plane.tenants.schemas import Status

_MOST = 1000


async def unsettled(db: Database) -> list[TenantId]:
    """List tenants that are not settled, those that wait longest first."""
    async with db.fleet_tx() as tx:
        return [TenantId(tenant_id) for tenant_id in await queries.unsettled(tx.connection, _MOST)]


async def status_held(tx: Transaction, tenant_id: TenantId) -> Status | None:
    """Give a tenant's state in force, which nobody changes until this transaction ends; None when it is erased."""
    return await queries.status_held(tx.connection, tenant_id)


async def mark_settled(tx: Transaction, tenant_id: TenantId, since: datetime) -> None:
    """Note that queue and nodes follow the tenant's state, if it has been the same since a moment."""
    await queries.mark_settled(tx.connection, tenant_id, since)
