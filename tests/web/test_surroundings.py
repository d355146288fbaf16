"""What stands above every page, and that no page offers what would be refused."""

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import Resource
from control_plane.tenants import service as tenants
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person


async def limit(db: Database, runtime: Runtime, tenant: Tenant, resource: Resource, used: int, most: int) -> None:
    async with db.fleet_tx() as tx:
        text = msgspec.json.encode({resource: most}).decode()
        await tx.connection.execute("update tenants set limits = $2::jsonb where id = $1", tenant.id, text)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {resource: used}, runtime.clock.now())


async def client_of(agency: Tenant, client: httpx.AsyncClient) -> Tenant:
    made = (await client.post("/v1/clients", json={"name": "Bakery"}, headers=agency.headers)).json()
    return Tenant(TenantId(ids.decode("ten", made["id"])), "")


@pytest.fixture
async def ben(make_person: MakePerson, tenant: Tenant) -> Person:
    """Somebody who may read only."""
    person = await make_person(tenant, role="support")
    assert (await person.sign_in()).status_code == 303
    return person


async def test_a_limit_on_mail_that_is_near_is_said_on_every_page(db: Database, runtime: Runtime, ann: Person) -> None:
    await limit(db, runtime, ann.tenant, "messages_month", 9, 10)
    for path in ("/", "/domains"):
        shown = await ann.see(path)
        assert "Messages this month: 80 % or more is used." in shown
        assert "See what is used" in shown
    assert "See what is used" not in await ann.see("/settings/usage"), "it would lead to where one is"


async def test_that_all_domains_are_in_use_disturbs_nobody(db: Database, runtime: Runtime, ann: Person) -> None:
    await limit(db, runtime, ann.tenant, "domains", 3, 3)
    assert "See what is used" not in await ann.see("/")


async def test_a_suspended_account_says_why_and_offers_no_changes(
    runtime: Runtime, client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    agency = await make_tenant("agency")
    bakery = await client_of(agency, client)
    zoe = await make_person(bakery)
    assert (await zoe.sign_in()).status_code == 303
    assert "Add domain" in await zoe.see("/domains")
    with acting_for(agency.id):
        await tenants.suspend_client(runtime.db, runtime.clock, bakery.id, "The invoice of May is open.")
    shown = await zoe.see("/domains")
    assert "This account is suspended" in shown
    assert "(The invoice of May is open.)" in shown
    assert "Add domain" not in shown
    assert "Get going" not in await zoe.see("/")
    assert "New message" not in shown


async def test_a_closed_account_says_when_it_ends(
    runtime: Runtime, client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    bakery = await client_of(await make_tenant("agency"), client)
    zoe = await make_person(bakery)
    assert (await zoe.sign_in()).status_code == 303
    with acting_for(bakery.id):
        await tenants.close_own(runtime.db, runtime.clock, 30)
    assert "This account is closed. Everything in it is erased on " in await zoe.see("/")
    assert "Reopen the account" in await zoe.see("/settings/closing")


async def test_who_may_only_read_finds_no_forms(ben: Person, tenant: Tenant, make_domain: MakeDomain) -> None:
    await make_domain(tenant, "acme")
    for path in ("/domains", "/mailboxes", "/webhooks"):
        shown = await ben.see(path)
        assert f'action="{path}" class="panel' not in shown
    assert "Write a message" not in await ben.see("/")
    assert "Only an owner of this account can change this." in await ben.see("/settings/single-sign-on")


async def test_a_page_that_is_not_ones_part_says_whom_to_ask(ben: Person) -> None:
    answer = await ben.client.get("/settings/members")
    assert answer.status_code == 403
    assert "ask one of its owners" in answer.text
    assert "scope" not in answer.text


async def test_pages_of_refusals_speak_the_readers_language(visitor: Person) -> None:
    answer = await visitor.client.get("/links/nothing", headers={"accept-language": "de"})
    assert answer.status_code == 410
    missing = await visitor.client.get("/docs/api/nothing", headers={"accept-language": "de"})
    assert missing.status_code == 404
    assert 'lang="de"' in missing.text


async def test_the_page_of_usage_names_the_plan_and_what_more_costs(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    agency = await make_tenant("agency")
    wanted = {"name": "Small", "over_limit": "hold", "overage": "1 € per 1,000", "limits": {"messages_month": 10}}
    plan = (await client.post("/v1/plans", json=wanted, headers=agency.headers)).json()
    body = {"name": "Bakery", "plan_id": plan["id"]}
    made = (await client.post("/v1/clients", json=body, headers=agency.headers)).json()
    zoe = await make_person(Tenant(TenantId(ids.decode("ten", made["id"])), ""))
    assert (await zoe.sign_in()).status_code == 303
    shown = await zoe.see("/settings/usage")
    assert "Your plan: Small" in shown
    assert "Messages over a limit are held" in shown
    assert "More costs: 1 € per 1,000" in shown
