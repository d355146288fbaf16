"""Which pool mail leaves by."""

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.ip_pools import service as ip_pools
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import MakeNode


async def test_shared_pools_are_made_once(db: Database, tenant: Tenant) -> None:
    async with db.fleet_tx() as tx:
        await ip_pools.ensure_shared_pools(tx)
        await ip_pools.ensure_shared_pools(tx)
        made = await tx.connection.fetch(
            "select stream from ip_pools where tenant_id is null and is_default order by stream"
        )
    assert [row["stream"] for row in made] == ["broadcast", "transactional"]


async def test_a_tenant_without_a_pool_of_its_own_uses_the_shared_one(
    db: Database, make_tenant: MakeTenant, make_node: MakeNode
) -> None:
    own, plain = await make_tenant(), await make_tenant()
    await make_node(own)
    async with db.fleet_tx() as tx:
        await ip_pools.ensure_shared_pools(tx)
    found = []
    for tenant in (own, plain):
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                pool = await ip_pools.pool_for(tx, "transactional")
                found.append(await tx.connection.fetchval("select kind from ip_pools where id = $1", pool))
    assert found == ["dedicated", "shared"]


async def test_pools_say_whether_mail_can_leave_by_them(db: Database, tenant: Tenant, make_node: MakeNode) -> None:
    await make_node(tenant)
    async with db.fleet_tx() as tx:
        name = await tx.connection.fetchval("select name from tenants where id = $1", tenant.id)
        own = next(pool for pool in await ip_pools.pools(tx, 1000) if pool.tenant == name)
        assert (own.kind, own.addresses, own.nodes) == ("dedicated", 1, 1)
        first = (await ip_pools.pools(tx, 1000))[0]
    assert first.addresses, "an empty pool, as a new stream has it, is no alarm"
