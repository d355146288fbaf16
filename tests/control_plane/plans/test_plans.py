"""Plans by the API: offered by agencies and operators, seen right below, given within what there is."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from control_plane.core import ids
from control_plane.plans.schemas import PlanLimits
from control_plane.plans.service import raised
from tests.conftest import MakeTenant, Tenant

PLAN = {
    "name": "Small",
    "limits": {"messages_month": 1000, "domains": 2},
    "over_limit": "hold",
    "overage": "1 € for each further thousand",
    "price": {"amount_minor": 900, "currency": "EUR"},
}

MakeClient = Callable[..., Awaitable[Tenant]]


@pytest.fixture
async def agency(make_tenant: MakeTenant) -> Tenant:
    """An agency."""
    return await make_tenant("agency")


async def offer(client: httpx.AsyncClient, by: Tenant, **fields: object) -> str:
    answer = await client.post("/v1/plans", headers=by.headers, json=PLAN | fields)
    assert answer.status_code == 201, answer.text
    plan_id: str = answer.json()["id"]
    return plan_id


async def add_client(client: httpx.AsyncClient, by: Tenant, **fields: object) -> httpx.Response:
    return await client.post("/v1/clients", headers=by.headers, json={"name": "Acme"} | fields)


async def listed(client: httpx.AsyncClient, who: Tenant, acting_for: str | None = None) -> list[tuple[str, bool]]:
    headers = who.headers | ({"Fleetpost-Tenant": acting_for} if acting_for else {})
    answer = await client.get("/v1/plans", headers=headers)
    return [(plan["id"], plan["yours"]) for plan in answer.json()["data"]]


async def test_a_plan_is_offered_and_read_back(client: httpx.AsyncClient, agency: Tenant) -> None:
    plan_id = await offer(client, agency)
    plan = (await client.get(f"/v1/plans/{plan_id}", headers=agency.headers)).json()
    assert PLAN.items() <= (plan | {"limits": PLAN["limits"]}).items()
    assert plan["limits"]["messages_month"] == 1000
    assert plan["limits"]["mailboxes"] is None
    assert (plan["status"], plan["yours"], plan["tenants"]) == ("offered", True, 0)


async def test_a_client_sees_its_agencys_plans_and_nobody_elses(
    client: httpx.AsyncClient, agency: Tenant, make_tenant: MakeTenant
) -> None:
    other = await make_tenant("agency")
    plan_id, foreign = await offer(client, agency), await offer(client, other)
    client_id = (await add_client(client, agency)).json()["id"]
    assert await listed(client, agency, acting_for=client_id) == [(plan_id, False)]
    headers = agency.headers | {"Fleetpost-Tenant": client_id}
    assert (await client.get(f"/v1/plans/{foreign}", headers=headers)).status_code == 404


async def test_a_client_cannot_change_or_retire_what_it_is_offered(client: httpx.AsyncClient, agency: Tenant) -> None:
    plan_id = await offer(client, agency)
    client_id = (await add_client(client, agency)).json()["id"]
    headers = agency.headers | {"Fleetpost-Tenant": client_id}
    changed = await client.patch(f"/v1/plans/{plan_id}", headers=headers, json={"name": "Mine"})
    retired = await client.delete(f"/v1/plans/{plan_id}", headers=headers)
    assert (changed.status_code, retired.status_code) == (404, 404)


async def test_a_client_offers_no_plans(client: httpx.AsyncClient, tenant: Tenant) -> None:
    refused = await client.post("/v1/plans", headers=tenant.headers, json=PLAN)
    assert (refused.status_code, refused.json()["code"]) == (403, "nobody_below")


async def test_a_change_keeps_what_was_left_out_and_minds_what_others_changed(
    client: httpx.AsyncClient, agency: Tenant
) -> None:
    path = f"/v1/plans/{await offer(client, agency)}"
    etag = (await client.get(path, headers=agency.headers)).headers["ETag"]
    changed = await client.patch(path, headers=agency.headers | {"If-Match": etag}, json={"price": None})
    stale = await client.patch(path, headers=agency.headers | {"If-Match": etag}, json={"name": "Large"})
    assert (changed.json()["name"], changed.json()["price"]) == ("Small", None)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")


async def test_a_retired_plan_is_kept_by_who_has_it_and_given_to_nobody_else(
    client: httpx.AsyncClient, agency: Tenant
) -> None:
    plan_id = await offer(client, agency)
    has_it = (await add_client(client, agency, plan_id=plan_id)).json()["id"]
    other = (await add_client(client, agency)).json()["id"]
    assert (await client.delete(f"/v1/plans/{plan_id}", headers=agency.headers)).status_code == 204
    assert await listed(client, agency, acting_for=has_it) == [(plan_id, False)]
    assert await listed(client, agency, acting_for=other) == []
    refused = await client.patch(f"/v1/clients/{other}", headers=agency.headers, json={"plan_id": plan_id})
    kept = await client.patch(f"/v1/clients/{has_it}", headers=agency.headers, json={"plan_id": plan_id})
    assert refused.json()["errors"][0]["path"] == "plan_id"
    assert kept.status_code == 200


async def test_a_foreign_or_made_up_plan_is_given_to_nobody(
    client: httpx.AsyncClient, agency: Tenant, make_tenant: MakeTenant
) -> None:
    foreign = await offer(client, await make_tenant("agency"))
    for plan_id in (foreign, ids.encode("pln", ids.new_uuid())):
        assert (await add_client(client, agency, plan_id=plan_id)).status_code == 422


async def test_clients_are_given_no_more_than_their_agency_has(client: httpx.AsyncClient, operator: Tenant) -> None:
    agency_id = (await add_client(client, operator, kind="agency", limits={"domains": 10})).json()["id"]
    below = {"parent_id": agency_id}
    assert (await add_client(client, operator, limits={"domains": 7}, **below)).status_code == 201
    refused = await add_client(client, operator, limits={"domains": 4}, **below)
    assert (refused.status_code, refused.json()["code"]) == (422, "over_allocated")
    assert refused.json()["errors"] == [
        {"path": "limits.domains", "message": "Of the 10 there are, 3 are left to give."}
    ]
    assert (await add_client(client, operator, limits={"domains": 3}, **below)).status_code == 201
    assert (await add_client(client, operator, **below)).status_code == 201  # shares what there is


async def test_a_clients_own_share_does_not_stand_in_its_way(client: httpx.AsyncClient, operator: Tenant) -> None:
    agency_id = (await add_client(client, operator, kind="agency", limits={"domains": 10})).json()["id"]
    given = (await add_client(client, operator, parent_id=agency_id, limits={"domains": 7})).json()["id"]
    raised_to = await client.patch(f"/v1/clients/{given}", headers=operator.headers, json={"limits": {"domains": 10}})
    beyond = await client.patch(f"/v1/clients/{given}", headers=operator.headers, json={"limits": {"domains": 11}})
    assert (raised_to.status_code, beyond.status_code) == (200, 422)


async def test_a_plan_cannot_be_raised_beyond_what_there_is(client: httpx.AsyncClient, operator: Tenant) -> None:
    agency_id = (await add_client(client, operator, kind="agency", limits={"domains": 5})).json()["id"]
    as_agency = Tenant(operator.id, operator.key)
    headers = as_agency.headers | {"Fleetpost-Tenant": agency_id}
    plan = (await client.post("/v1/plans", headers=headers, json={"name": "S", "limits": {"domains": 2}})).json()["id"]
    for _ in range(2):
        made = await add_client(client, operator, parent_id=agency_id, plan_id=plan)
        assert made.status_code == 201
    refused = await client.patch(f"/v1/plans/{plan}", headers=headers, json={"limits": {"domains": 3}})
    lowered = await client.patch(f"/v1/plans/{plan}", headers=headers, json={"limits": {"domains": 1}})
    assert (refused.status_code, refused.json()["code"]) == (422, "over_allocated")
    assert (lowered.status_code, lowered.json()["tenants"]) == (200, 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "a\x00b"},
        {"limits": {"domains": -1}},
        {"limits": {"domains": 2**60}},
        {"limits": {"webmail": 1}},
        {"price": {"amount_minor": 1, "currency": "EUR\n"}},
        {"price": {"amount_minor": 1}},
        {"over_limit": "explode"},
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, agency: Tenant, fields: dict[str, object]
) -> None:
    assert (await client.post("/v1/plans", headers=agency.headers, json=PLAN | fields)).status_code == 422


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"domains": 1}, {"domains": 2}, ["domains"]),
        ({"domains": 2}, {"domains": 1}, []),
        ({}, {"domains": 1}, ["domains"]),  # it shared before, now it has a share of its own
        ({"domains": 1}, {}, []),
    ],
)
def test_which_limits_are_raised(before: dict[str, int], after: dict[str, int], names: list[str]) -> None:
    assert raised(PlanLimits(**before), PlanLimits(**after)) == names


async def test_the_operator_gives_plans_a_share_of_the_pools(
    client: httpx.AsyncClient, operator: Tenant, agency: Tenant
) -> None:
    plan_id = await offer(client, operator, weight=2.5)
    changed = await client.patch(f"/v1/plans/{plan_id}", headers=operator.headers, json={"weight": 0.1})
    assert changed.json()["weight"] == 0.1
    again = await client.patch(f"/v1/plans/{plan_id}", headers=operator.headers, json={"name": "Other"})
    assert again.json()["weight"] == 0.1
    for weight in (0, 101, -1, "2", None):
        refused = await client.patch(f"/v1/plans/{plan_id}", headers=operator.headers, json={"weight": weight})
        assert refused.status_code == 422


async def test_an_agency_cannot_take_a_larger_share_of_what_others_use_too(
    client: httpx.AsyncClient, agency: Tenant
) -> None:
    refused = await client.post("/v1/plans", headers=agency.headers, json=PLAN | {"weight": 5})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "weight"
    plan_id = await offer(client, agency, weight=1)
    assert (await client.patch(f"/v1/plans/{plan_id}", headers=agency.headers, json={"weight": 3})).status_code == 422
