"""Plans in the browser, and what a plan's limits look like to who is on it."""

import re
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.tenancy import acting_for
from control_plane.plans.schemas import NewPlan, PlanLimits, Price
from control_plane.quotas import service as quotas
from control_plane.quotas.schemas import ResourceUsage, Usage
from tests.conftest import MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person
from web.pages.plan_form import PlanForm
from web.pages.settings_usage import advice

SignedIn = Callable[[str], Awaitable[Person]]


@pytest.fixture
def somebody(make_tenant: MakeTenant, make_person: MakePerson) -> SignedIn:
    """Sign somebody in at a tenant of a kind."""

    async def sign_in(kind: str) -> Person:
        person = await make_person(await make_tenant(kind))
        assert (await person.sign_in()).status_code == 303
        return person

    return sign_in


async def add_plan(person: Person, console: str = "agency", **fields: str) -> str:
    path = f"/{console}/plans/new"
    answer = await person.submit(path, page=path, **{"name": "Small", **fields})
    assert answer.status_code == 303, answer.text
    found = re.search(r"/plans/(pln_\w+)", await person.see(f"/{console}/plans"))
    assert found
    return found[1]


@pytest.mark.parametrize("console", ["agency", "operator"])
async def test_a_plan_is_made_changed_and_retired(somebody: SignedIn, console: str) -> None:
    person = await somebody(console)
    assert "No plan yet" in await person.see(f"/{console}/plans")
    plan_id = await add_plan(person, console, domains="3", messages_month="10000", price="9,90", storage_gb="5")
    listed = await person.see(f"/{console}/plans")
    assert "10,000 messages a month · 3 domains" in listed
    assert "€9.90" in listed
    path = f"/{console}/plans/{plan_id}"
    shown = await person.see(path)
    assert 'name="storage_gb" class="input w-full" inputmode="numeric" value="5"' in shown
    assert (await person.submit(path, page=path, name="Large", domains="30")).status_code == 303
    assert "30 domains" in await person.see(f"/{console}/plans")
    assert (await person.submit(f"{path}/retire", page=path)).status_code == 303
    assert "Retired" in await person.see(f"/{console}/plans")


async def test_the_operator_alone_sets_a_plans_share_of_the_pools(somebody: SignedIn) -> None:
    operator, agency = await somebody("operator"), await somebody("agency")
    assert 'name="weight"' not in await agency.see("/agency/plans/new")
    plan_id = await add_plan(operator, "operator", weight="2,5")
    assert 'value="2.5"' in await operator.see(f"/operator/plans/{plan_id}")
    path = "/operator/plans/new"
    refused = await operator.submit(path, page=path, name="Small", weight="lots")
    assert refused.status_code == 422
    assert "A number from 0.1 to 100." in refused.text
    assert 'value="lots"' in refused.text


async def test_a_form_that_is_refused_keeps_what_was_typed(somebody: SignedIn) -> None:
    person = await somebody("agency")
    path = "/agency/plans/new"
    refused = await person.submit(path, page=path, name="Small", domains="-3", price="cheap", over_limit="hold")
    assert refused.status_code == 422
    assert 'value="-3"' in refused.text
    assert 'value="cheap"' in refused.text
    assert "A whole number, or nothing for no limit." in refused.text
    assert '<option value="hold" selected>' in refused.text


async def test_plans_of_another_console_or_another_agency_are_not_there(somebody: SignedIn) -> None:
    person, other = await somebody("agency"), await somebody("agency")
    plan_id = await add_plan(other)
    for path in ("/operator/plans", f"/agency/plans/{plan_id}", "/agency/plans/pln_0"):
        assert (await person.client.get(path)).status_code == 404
    refused = await person.submit(f"/agency/plans/{plan_id}", page="/agency/plans", name="Mine")
    assert refused.status_code == 404


async def test_usage_shows_what_is_used_of_what_there_is(db: Database, somebody: SignedIn) -> None:
    person = await somebody("client")
    await limit(db, person.tenant, domains=5, storage_bytes=10_000_000_000)
    with acting_for(person.tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {"domains": 4, "storage_bytes": 1_000_000_000})
    shown = await person.see("/settings/usage")
    assert "4 of 5" in shown
    assert "1 GB of 10 GB" in shown
    assert 'aria-valuenow="80" class="mt-2 overflow-hidden rounded-full bg-base-300 tone-warning"' in shown
    assert "Domains: 80 % or more is used." in shown
    assert "No limit" in shown


async def limit(db: Database, tenant: Tenant, **limits: int) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set limits = $2::jsonb where id = $1", tenant.id, msgspec.json.encode(limits).decode()
        )


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("9.90", 990), ("9,9", 990), ("12", 1200), ("0", 0)],
)
def test_a_price_is_read_as_people_write_it(typed: str, cents: int) -> None:
    plan = PlanForm(name="A", price=typed, currency="eur").body(NewPlan)
    assert plan.price == Price(amount_minor=cents, currency="EUR")


@pytest.mark.parametrize(
    ("field", "typed", "path"),
    [
        ("name", "  ", "name"),
        ("name", "x" * 101, "name"),
        ("domains", "1.5", "limits.domains"),
        ("domains", "٣", "limits.domains"),  # a digit, and none that a program should guess at
        ("domains", "9" * 5000, "limits.domains"),
        ("price", "1.999", "price"),
        ("price", "Infinity", "price"),
    ],
)
def test_what_cannot_be_read_is_named(field: str, typed: str, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        PlanForm(**{"name": "A", field: typed}).body(NewPlan)
    assert [error.path for error in refused.value.errors] == [path]


def test_an_empty_field_is_no_limit_and_storage_is_in_gigabytes() -> None:
    plan = PlanForm(name="A", storage_gb="5", mailboxes="1 000").body(NewPlan)
    assert plan.limits == PlanLimits(storage_bytes=5_000_000_000, mailboxes=1000)


def test_there_is_advice_when_the_provider_has_nothing_left() -> None:
    standing = ResourceUsage(
        resource="domains", used=1, limit=None, window=None, resets_at=None, provider_exhausted=True
    )
    assert advice(Usage(resources=(standing,), held=0)) == [
        ("error", "Domains: your provider's own allowance is used up. Ask your provider.")
    ]
