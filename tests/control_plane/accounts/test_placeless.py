"""Who belongs nowhere any more is forgotten after a month; who comes back in time is not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from control_plane.accounts.schemas import Person
from control_plane.accounts.service import placeless
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant
from tests.control_plane.accounts.people import add_app, make_person

NOW = datetime.now(UTC)


async def leave(db: Database, person: Person, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("delete from memberships where user_id = $1", person.id)


async def come_back(db: Database, person: Person, tenant: Tenant) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "insert into memberships (tenant_id, user_id, role) values ($1, $2, 'support')", tenant.id, person.id
        )


async def is_known(db: Database, user_id: UUID) -> bool:
    async with db.fleet_tx() as tx:
        return bool(await tx.connection.fetchval("select exists (select from users where id = $1)", user_id))


async def forget(db: Database, days: int) -> None:
    await placeless.forget(db, FixedClock(NOW + timedelta(days=days)))


async def test_who_belongs_nowhere_is_forgotten_after_a_month(runtime: Runtime, tenant: Tenant) -> None:
    gone, member = await make_person(runtime, tenant), await make_person(runtime, tenant)
    await add_app(runtime, gone, tenant)
    await leave(runtime.db, gone, tenant)
    await forget(runtime.db, 0)
    await forget(runtime.db, 29)
    assert await is_known(runtime.db, gone.id)
    await forget(runtime.db, 30)
    assert not await is_known(runtime.db, gone.id)
    assert await is_known(runtime.db, member.id)


async def test_who_comes_back_in_time_begins_anew(runtime: Runtime, tenant: Tenant) -> None:
    person = await make_person(runtime, tenant)
    await leave(runtime.db, person, tenant)
    await forget(runtime.db, 0)
    await come_back(runtime.db, person, tenant)
    await forget(runtime.db, 29)
    await leave(runtime.db, person, tenant)
    await forget(runtime.db, 31)
    assert await is_known(runtime.db, person.id)
