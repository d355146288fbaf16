"""What is done stands in the log, once and for ever."""

import asyncio

import asyncpg
import pytest

from control_plane.audit import service as audit
from control_plane.audit.schemas import AuditEntry, Filters
from control_plane.core.actor import Actor, acting_as
from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.audit.conftest import DoSomething, verdict


async def entries(db: Database, tenant: Tenant) -> list[AuditEntry]:
    with acting_for(tenant.id):
        return list((await audit.listing(db, Filters(), None, 200)).data)


@pytest.fixture
async def client_tenant(db: Database, operator: Tenant, make_tenant: MakeTenant) -> Tenant:
    """A client below `operator`, which has been granted to act for it."""
    made = await make_tenant()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set parent_id = $2, path = array[$2, id] where id = $1", made.id, operator.id
        )
        await tx.connection.execute(
            "insert into tenant_grants (tenant_id, grantee_id, role) values ($1, $2, 'admin')", made.id, operator.id
        )
    return made


def of(tenant: Tenant) -> Actor:
    """A person who belongs to a tenant."""
    return Actor(kind="user", id="usr_1", name="ann@agency.test", tenant_id=tenant.id, address="192.0.2.7")


async def test_an_entry_says_what_was_done_to_what_by_whom_and_how_it_changed(
    db: Database, tenant: Tenant, do_something: DoSomething
) -> None:
    await do_something(tenant, "lamps.switch_on", of(tenant))
    [entry] = await entries(db, tenant)
    assert (entry.seq, entry.action, entry.target, entry.address) == (1, "lamps.switch_on", "lmp_1", "192.0.2.7")
    assert (entry.actor.kind, entry.actor.name) == ("user", "ann@agency.test")
    assert (entry.changes["on"].before, entry.changes["on"].after) == (False, True)
    assert entry.on_behalf_of is None


async def test_what_is_rolled_back_is_not_logged(db: Database, tenant: Tenant) -> None:
    async def fail() -> None:
        async with db.tenant_tx() as tx:
            audit.record(tx, "lamps.break", "lmp_1")
            raise ZeroDivisionError

    with acting_for(tenant.id), pytest.raises(ZeroDivisionError):
        await fail()
    assert await entries(db, tenant) == []


async def test_of_a_secret_only_that_it_changed_is_kept(db: Database, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            audit.record(tx, "lamps.change", "lmp_1", before={"password": "hunter2"}, after={"password": "hunter3"})
    [entry] = await entries(db, tenant)
    assert entry.changes["password"].after == "(hidden)"
    assert "hunter" not in str(entry)


async def test_acts_at_the_same_time_make_one_unbroken_chain(
    db: Database, tenant: Tenant, do_something: DoSomething
) -> None:
    await asyncio.gather(*(do_something(tenant) for _ in range(50)))
    found = await verdict(db, tenant)
    assert (found.entries, found.fault) == (50, None)


async def test_an_act_on_behalf_stands_in_both_logs(
    db: Database, operator: Tenant, client_tenant: Tenant, do_something: DoSomething
) -> None:
    await do_something(client_tenant, "lamps.switch_on", of(operator))
    [theirs], [ours] = await entries(db, client_tenant), await entries(db, operator)
    assert theirs.on_behalf_of is None
    assert theirs.actor.tenant_id == encode("ten", operator.id)
    assert ours.on_behalf_of == encode("ten", client_tenant.id)
    assert (ours.action, ours.changes) == (theirs.action, theirs.changes)


async def test_who_acts_on_behalf_may_give_the_grant_back(
    db: Database, operator: Tenant, client_tenant: Tenant
) -> None:
    with acting_for(client_tenant.id), acting_as(of(operator)):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("delete from tenant_grants where tenant_id = $1", client_tenant.id)
            audit.record(tx, "grants.end", encode("ten", operator.id))
    assert [entry.action for entry in await entries(db, client_tenant)] == ["grants.end"]
    assert [entry.action for entry in await entries(db, operator)] == ["grants.end"]


async def test_nobody_writes_to_the_log_of_a_tenant_that_does_not_stand_above(
    tenant: Tenant, stranger: Tenant, do_something: DoSomething
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="another tenant"):
        await do_something(tenant, "lamps.switch_on", of(stranger))


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set action = 'nothing'",
        "delete from audit_log",
        "truncate audit_log",
        "delete from audit_heads",
        "truncate audit_heads",
    ],
)
async def test_entries_are_not_changed_and_not_removed(
    db: Database, tenant: Tenant, do_something: DoSomething, statement: str
) -> None:
    await do_something(tenant)
    with acting_for(tenant.id), pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.fleet_tx() as tx:
            await tx.connection.execute(statement)


async def test_the_application_writes_entries_by_appending_only(db: Database, tenant: Tenant) -> None:
    with acting_for(tenant.id), pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("insert into audit_heads (tenant_id) values ($1)", tenant.id)
