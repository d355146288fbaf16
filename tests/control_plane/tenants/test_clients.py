"""Clients through the API: made, listed, changed by those above them, and by nobody else."""

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.tenants.conftest import MakeClient, act, public, shown


async def test_an_agency_makes_a_client_below_itself(client: httpx.AsyncClient, agency: Tenant) -> None:
    body = {"name": "Bäckerei Zoë", "limits": {"domains": 3, "contacts": None}}
    answer = await client.post("/v1/clients", json=body, headers=agency.headers)
    made = answer.json()
    assert answer.status_code == 201
    assert (made["name"], made["kind"], made["status"]) == ("Bäckerei Zoë", "client", "active")
    assert made["slug"].startswith("backerei-zoe")
    assert made["parent_id"] == public(agency)
    assert made["limits"] == {"domains": 3, "contacts": None}
    assert made["closing_at"] is None


async def test_who_makes_a_client_may_act_for_it(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    headers = agency.headers | {"Fleetpost-Tenant": public(bakery)}
    assert (await client.get("/v1/me", headers=headers)).json()["tenant"]["id"] == public(bakery)


async def test_two_clients_of_one_name_get_slugs_of_their_own(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    slugs = {(await shown(client, agency, await make_client(agency, name="Twins")))["slug"] for _ in range(2)}
    assert len(slugs) == 2


async def test_a_taken_slug_is_refused(client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient) -> None:
    slug = (await shown(client, agency, await make_client(agency)))["slug"]
    answer = await client.post("/v1/clients", json={"name": "Other", "slug": slug}, headers=agency.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "slug_taken")


async def test_a_client_has_no_clients(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.post("/v1/clients", json={"name": "Below"}, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_an_agency")


async def test_nobody_puts_a_client_below_strangers(
    client: httpx.AsyncClient, agency: Tenant, make_tenant: MakeTenant
) -> None:
    strangers = await make_tenant("agency")
    answers = [
        await client.post("/v1/clients", json={"name": "Below", "parent_id": parent}, headers=agency.headers)
        for parent in (public(strangers), ids.encode("ten", ids.new_uuid()), "ten_0", "\x00")
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert answers[0].json()["errors"] == answers[1].json()["errors"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "   "},
        {"name": "two\nlines"},
        {"name": "Zero\x00"},
        {"name": "x", "slug": "Not A Slug"},
        {"name": "x", "slug": "nearly\n"},
        {"name": "x", "kind": "operator"},
        {"name": "x", "plan_id": "nonsense"},
        {"name": "x", "limits": {"domains": -1}},
        {"name": "x", "limits": {"domains": 10**30}},
        {"name": "x", "limits": {"cakes": 1}},
        {"name": "x", "status": "suspended"},
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, agency: Tenant, body: dict[str, object]
) -> None:
    answer = await client.post("/v1/clients", json=body, headers=agency.headers)
    assert 400 <= answer.status_code < 500, answer.text


async def test_the_whole_subtree_is_listed_and_nothing_else(
    client: httpx.AsyncClient, agency: Tenant, make_tenant: MakeTenant, make_client: MakeClient
) -> None:
    await make_client(await make_tenant("agency"))
    branch = await make_client(agency, kind="agency")
    leaf = await make_client(agency, parent_id=public(branch))
    listed = (await client.get("/v1/clients", headers=agency.headers)).json()
    assert [each["id"] for each in listed["data"]] == [public(leaf), public(branch)]
    assert listed["next"] is None


async def test_lists_are_filtered_and_paged(client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient) -> None:
    branch = await make_client(agency, kind="agency", name="Branch 100%")
    leaf = await make_client(agency, parent_id=public(branch), name="Leaf")
    await act(client, agency, leaf, "suspend", reason="unpaid")

    async def ids_of(**parameters: str) -> list[str]:
        answer = await client.get("/v1/clients", params=parameters, headers=agency.headers)
        return [each["id"] for each in answer.json()["data"]]

    assert await ids_of(kind="agency") == [public(branch)]
    assert await ids_of(status="suspended") == [public(leaf)]
    assert await ids_of(parent_id=public(agency)) == [public(branch)]
    assert await ids_of(query="0%") == [public(branch)]
    assert await ids_of(query="_") == []
    assert await ids_of(limit="1") == [public(leaf)]
    assert await ids_of(limit="1", after=public(leaf)) == [public(branch)]


@pytest.mark.parametrize("parameter", ["status=dead", "kind=x", "parent_id=ten_x", "query=%00", "after=x", "no=1"])
async def test_senseless_filters_are_refused(client: httpx.AsyncClient, agency: Tenant, parameter: str) -> None:
    answer = await client.get(f"/v1/clients?{parameter}", headers=agency.headers)
    assert 400 <= answer.status_code < 500, answer.text


async def test_strangers_ancestors_and_oneself_are_not_found(
    client: httpx.AsyncClient, agency: Tenant, stranger: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    never = Tenant(TenantId(ids.new_uuid()), "")
    for other in (stranger, agency, branch, never):
        for verb in ("suspend", "resume", "close", "reopen"):
            body = {"reason": "no"} if verb == "suspend" else {}
            assert (await act(client, branch, other, verb, **body)).status_code == 404
        moved = await act(client, branch, other, "move", parent_id=public(branch))
        changed = await client.patch(f"/v1/clients/{public(other)}", json={"name": "Mine"}, headers=branch.headers)
        read = await client.get(f"/v1/clients/{public(other)}", headers=branch.headers)
        assert (moved.status_code, changed.status_code, read.status_code) == (404, 404, 404)


async def test_a_client_is_changed_as_it_was_seen(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    address = f"/v1/clients/{public(bakery)}"
    seen = (await client.get(address, headers=agency.headers)).headers["ETag"]
    conditional = agency.headers | {"If-Match": seen}
    first = await client.patch(address, json={"name": "Bakery"}, headers=conditional)
    assert (first.status_code, first.json()["name"]) == (200, "Bakery")
    second = await client.patch(address, json={"limits": {"domains": 1}}, headers=conditional)
    assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
    third = await client.patch(address, json={"limits": {"domains": 1}}, headers=agency.headers)
    assert (third.json()["name"], third.json()["limits"]) == ("Bakery", {"domains": 1})


async def test_what_is_done_to_a_client_stands_in_both_logs(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    await act(client, agency, bakery, "suspend", reason="unpaid")
    await act(client, agency, bakery, "resume")
    for who in (agency, bakery):
        log = (await client.get("/v1/audit-log", headers=who.headers)).json()
        assert [entry["action"] for entry in log["data"]][:3] == ["clients.resume", "clients.suspend", "clients.create"]


async def test_the_owner_is_invited(client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient) -> None:
    bakery = await make_client(agency, owner_email="Zoe@bakery.test")
    [invitation] = (await client.get("/v1/invitations", headers=bakery.headers)).json()["data"]
    assert (invitation["email"], invitation["role"]) == ("zoe@bakery.test", "owner")


async def test_without_a_possible_owner_nothing_is_made(client: httpx.AsyncClient, agency: Tenant) -> None:
    body = {"name": "Bakery", "owner_email": "nobody at all"}
    answer = await client.post("/v1/clients", json=body, headers=agency.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "owner_email")
    assert (await client.get("/v1/clients", headers=agency.headers)).json()["data"] == []


async def test_an_agency_gives_no_more_than_it_has(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency", limits={"domains": 10})
    one = await make_client(branch, limits={"domains": 6})
    made = await client.post("/v1/clients", json={"name": "Two", "limits": {"domains": 5}}, headers=branch.headers)
    changed = await client.patch(f"/v1/clients/{public(one)}", json={"limits": {"domains": 11}}, headers=branch.headers)
    big = await make_client(agency, limits={"domains": 5})
    moved = await act(client, agency, big, "move", parent_id=public(branch))
    assert {answer.json()["code"] for answer in (made, changed, moved)} == {"over_allocated"}


async def test_sums_that_no_number_holds_are_too_much_and_no_failure(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    branch = await make_client(agency, kind="agency")
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into tenants (id, parent_id, kind, name, slug, limits)
               select id, $1, 'client', 'Large', id::text, '{"contacts": 9007199254740992}'
               from (select gen_random_uuid() as id from generate_series(1, 1100)) as made""",
            branch.id,
        )
    await client.patch(f"/v1/clients/{public(branch)}", json={"limits": {"contacts": 9}}, headers=agency.headers)
    made = await client.post("/v1/clients", json={"name": "x", "limits": {"contacts": 1}}, headers=branch.headers)
    assert (made.status_code, made.json()["code"]) == (422, "over_allocated")
