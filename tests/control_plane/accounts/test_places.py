"""Where a person may be, going there, and what ends it: their own tenants, and clients that granted an agency."""

from uuid import UUID

import pytest

from control_plane.accounts import service, sessions
from control_plane.accounts.schemas import Person, Role, SignedIn, Visitor
from control_plane.accounts.service import own_security
from control_plane.core.errors import NotFound
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.tenants import service as tenants
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.accounts.people import add_app, at_home, begin, clock, make_person


async def make_client(runtime: Runtime, agency: Tenant, name: str, granted: Role | None = "admin") -> Tenant:
    """Make a client below an agency, with a grant to it."""
    async with runtime.db.fleet_tx() as tx:
        slug = f"{name.lower()}-{agency.id.hex[-12:]}"
        new = tenants.NewTenant(kind="client", name=name, slug=slug, parent_id=agency.id)
        client_id = await tenants.create(tx, new)
        await tx.connection.execute("delete from tenant_grants where tenant_id = $1", client_id)
        if granted:
            await tx.connection.execute("insert into tenant_grants values ($1, $2, $3)", client_id, agency.id, granted)
    return Tenant(client_id, "")


@pytest.fixture
async def agency(make_tenant: MakeTenant) -> Tenant:
    return await make_tenant("agency")


@pytest.fixture
async def ann(runtime: Runtime, agency: Tenant) -> Person:
    return await make_person(runtime, agency, "developer")


async def look(runtime: Runtime, begun: SignedIn) -> Visitor | None:
    return await service.resume(runtime.db, runtime.valkey, begun.token, address="192.0.2.9")


async def test_own_tenants_come_first_then_clients_by_name(
    runtime: Runtime, agency: Tenant, stranger: Tenant, ann: Person
) -> None:
    for name in ("Zoo", "bakery", "Museum"):
        await make_client(runtime, agency, name)
    await make_client(runtime, agency, "Secret", granted=None)
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("insert into memberships values ($1, $2, 'support')", stranger.id, ann.id)
    found = await service.places(runtime.db, ann.id)
    assert [place.tenant_id for place in found[:2]] == [agency.id, stranger.id]
    assert [place.name for place in found[2:]] == ["bakery", "Museum", "Zoo"]
    assert {place.through for place in found[2:]} == {agency.id}


async def test_acting_for_a_client_needs_both_rights(runtime: Runtime, agency: Tenant, ann: Person) -> None:
    client = await make_client(runtime, agency, "Bakery", "support")
    begun = await begin(runtime, ann)
    await service.switch(runtime.db, runtime.valkey, begun.token, client.id)
    visitor = await look(runtime, begun)
    assert visitor is not None
    assert (visitor.subject.tenant_id, visitor.subject.acting_from) == (client.id, agency.id)
    assert visitor.subject.allows("messages:read")
    assert not visitor.subject.allows("messages:write")  # the grant's role only reads
    assert not visitor.subject.allows("members:read")  # a developer of the agency may not
    assert visitor.place.through_name is not None
    actor = visitor.actor
    assert (actor.kind, actor.name, actor.tenant_id, actor.address) == ("user", ann.email, agency.id, "192.0.2.9")


@pytest.mark.parametrize("taken", ["grant", "membership"])
async def test_what_is_taken_back_ends_at_the_next_request(
    runtime: Runtime, agency: Tenant, ann: Person, taken: str
) -> None:
    client = await make_client(runtime, agency, "Bakery")
    begun = await begin(runtime, ann)
    await service.switch(runtime.db, runtime.valkey, begun.token, client.id)
    with acting_for(client.id if taken == "grant" else agency.id):
        async with runtime.db.tenant_tx() as tx:
            table = "tenant_grants" if taken == "grant" else "memberships"
            await tx.connection.execute(f"delete from {table} where tenant_id = app_tenant()")
    assert await look(runtime, begun) is None
    assert await sessions.find(runtime.valkey, begun.token) is None


async def test_nobody_goes_where_they_have_no_place(runtime: Runtime, ann: Person, stranger: Tenant) -> None:
    begun = await begin(runtime, ann)
    for elsewhere in (stranger.id, UUID(int=0)):
        with pytest.raises(NotFound):
            await service.switch(runtime.db, runtime.valkey, begun.token, elsewhere)
    with pytest.raises(NotFound):
        await service.switch(runtime.db, runtime.valkey, "made up", stranger.id)


async def test_a_grant_to_an_agency_that_is_not_above_is_worth_nothing(
    runtime: Runtime, agency: Tenant, ann: Person, stranger: Tenant
) -> None:
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("insert into tenant_grants values ($1, $2, 'owner')", stranger.id, agency.id)
    assert [place.tenant_id for place in await service.places(runtime.db, ann.id)] == [agency.id]


async def test_who_signs_in_stands_in_the_log_of_where_they_belong(
    runtime: Runtime, agency: Tenant, ann: Person
) -> None:
    begun = await begin(runtime, ann)
    await add_app(runtime, ann, agency)
    with at_home(ann, agency):
        await own_security.end_other_sessions(runtime.db, runtime.valkey, clock(), begun.session, begun.token)
    with acting_for(agency.id):
        async with runtime.db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select action, actor_name from audit_log order by seq")
    assert [row["action"] for row in rows][-3:] == [
        "accounts.sign_in",
        "accounts.add_totp",
        "accounts.end_other_sessions",
    ]
    assert {row["actor_name"] for row in rows[-3:]} == {ann.email}


async def test_a_change_of_factors_is_told_by_mail(runtime: Runtime, agency: Tenant, ann: Person) -> None:
    await add_app(runtime, ann, agency)
    async with runtime.db.fleet_tx() as tx:
        told = await tx.connection.fetchval("select count(*) from notices where recipient = $1", ann.email)
    assert told == 1


async def test_a_session_ends_after_thirty_days_however_much_it_is_used(runtime: Runtime, ann: Person) -> None:
    begun, later = await begin(runtime, ann), clock()
    later.move(sessions.LONGEST)
    assert await sessions.find(runtime.valkey, begun.token) is not None
    assert await sessions.find(runtime.valkey, begun.token, clock=later) is None
    assert await sessions.list_of(runtime.valkey, ann.id, begun.token, later) == []
