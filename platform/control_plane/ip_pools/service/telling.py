"""Tell nodes by which pool a tenant's people send, after another one became its default."""

from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.ip_pools.queries import pooling
from control_plane.mail_domains import service as mail_domains

_AT_ONCE = 100


async def tell_nodes(db: Database, vault: Vault) -> None:
    """Publish the domains of tenants whose default pool is new, with what is their default by then."""
    async with db.fleet_tx() as tx:
        waiting = await pooling.untold(tx.connection, _AT_ONCE)
    for pool_id, tenant_id in waiting:
        with acting_for(TenantId(tenant_id)):
            async with db.tenant_tx() as tx:
                await mail_domains.publish_all(tx, vault)
        async with db.fleet_tx() as tx:
            await pooling.mark_told(tx.connection, pool_id)
