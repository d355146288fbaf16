import asyncpg
import pytest

from control_plane.core.database import Database, UnsafeRole
from control_plane.core.engine import Engine
from control_plane.core.outbox import Dropped
from control_plane.core.problem import as_ours
from control_plane.core.tenancy import NoTenant, acting_for
from tests.conftest import MakeTenant, Tenant


async def test_a_tenant_transaction_without_a_tenant_is_refused(db: Database) -> None:
    with pytest.raises(NoTenant):
        async with db.tenant_tx():
            pass


async def test_without_a_tenant_the_database_shows_no_rows(db: Database, tenant: Tenant) -> None:
    async with db.public_tx() as tx:
        assert await tx.connection.fetchval("select count(*) from api_keys") == 0
        assert await tx.connection.fetchval("select count(*) from tenants") == 0


async def test_a_tenant_sees_its_own_rows_only(db: Database, make_tenant: MakeTenant) -> None:
    ours, _theirs = await make_tenant(), await make_tenant()
    with acting_for(ours.id):
        async with db.tenant_tx() as tx:
            assert await tx.connection.fetchval("select array_agg(tenant_id) from api_keys") == [ours.id]


async def test_a_tenant_cannot_write_for_another(db: Database, make_tenant: MakeTenant) -> None:
    ours, theirs = await make_tenant(), await make_tenant()
    with acting_for(ours.id), pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "insert into idempotency_keys (tenant_id, route, key, body_hash) values ($1, '/', 'k', '')", theirs.id
            )


async def test_nothing_of_a_tenant_stays_on_the_pooled_connection(db: Database, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx():
            pass
    async with db.public_tx() as tx:
        assert await tx.connection.fetchval("select app_tenant()") is None


@pytest.mark.parametrize("parent", ["messages", "deliveries", "events", "webhook_deliveries"])
async def test_a_partition_cannot_be_read_past_its_parents_policies(db: Database, tenant: Tenant, parent: str) -> None:
    async with db.public_tx() as tx:
        partition = await tx.connection.fetchval(
            "select inhrelid::regclass::text from pg_inherits where inhparent = $1::regclass limit 1", parent
        )
    with acting_for(tenant.id), pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.tenant_tx() as tx:
            await tx.connection.fetch(f"select * from {partition}")


async def test_every_table_with_a_tenant_has_a_forced_wall(db: Database) -> None:
    async with db.fleet_tx() as tx:
        open_tables = await tx.connection.fetch(
            """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
               where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
                 and not (c.relrowsecurity and c.relforcerowsecurity)"""
        )
    assert open_tables == []


@pytest.mark.parametrize("role", ["postgres", "fleetpost_owner"])
async def test_a_role_that_could_pass_by_the_walls_is_refused(servers: dict[str, str], role: str) -> None:
    unsafe = servers["DATABASE_URL"].replace("fleetpost_app", role)
    database = Database(Engine(unsafe), unsafe, pool_size=1, sender=Dropped())
    try:
        with pytest.raises(UnsafeRole):
            await database.open()
    finally:
        await database.close()


async def test_a_question_that_takes_too_long_is_given_up(db: Database) -> None:
    async with db.public_tx() as tx:
        assert await tx.connection.fetchval("show statement_timeout") == "20s"
        await tx.connection.execute("set local statement_timeout = '10ms'")
        with pytest.raises(asyncpg.QueryCanceledError) as given_up:
            await tx.connection.execute("select pg_sleep(60)")
    assert as_ours(given_up.value).status == 503
