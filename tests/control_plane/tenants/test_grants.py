"""Access grants: in the client's own hands, no more than it has itself, and ended at once."""

import httpx
import pytest

from control_plane.accounts.keys import create_key
from control_plane.core import ids
from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.tenants.conftest import MakeClient, public


async def test_a_client_sees_who_may_act_for_it(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    [grant] = (await client.get("/v1/access-grants", headers=bakery.headers)).json()["data"]
    assert (grant["tenant_id"], grant["kind"], grant["role"]) == (public(agency), "agency", "admin")


async def test_an_ended_grant_ends_acting_at_once(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    act_for = agency.headers | {"Fleetpost-Tenant": public(bakery)}
    assert (await client.get("/v1/me", headers=act_for)).status_code == 200
    ended = await client.delete(f"/v1/access-grants/{public(agency)}", headers=bakery.headers)
    assert ended.status_code == 204
    assert (await client.get("/v1/me", headers=act_for)).status_code == 404


async def test_a_lesser_role_holds_from_the_next_request_on(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    address = f"/v1/access-grants/{public(agency)}"
    changed = await client.patch(address, json={"role": "support"}, headers=bakery.headers)
    assert (changed.status_code, changed.json()["role"]) == (200, "support")
    act_for = agency.headers | {"Fleetpost-Tenant": public(bakery)}
    answer = await client.post("/v1/domains", json={"name": "bakery.test"}, headers=act_for)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_ancestor_further_up_is_let_in_by_the_client_alone(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    bakery = await make_client(branch)
    act_for = agency.headers | {"Fleetpost-Tenant": public(bakery)}
    assert (await client.get("/v1/me", headers=act_for)).status_code == 404
    body = {"tenant_id": public(agency), "role": "support"}
    assert (await client.post("/v1/access-grants", json=body, headers=bakery.headers)).status_code == 201
    assert (await client.get("/v1/me", headers=act_for)).status_code == 200
    again = await client.post("/v1/access-grants", json=body, headers=bakery.headers)
    assert (again.status_code, again.json()["code"]) == (409, "grant_exists")


async def test_only_ancestors_can_be_let_in(
    client: httpx.AsyncClient, agency: Tenant, stranger: Tenant, make_client: MakeClient
) -> None:
    bakery, sibling = await make_client(agency), await make_client(agency)
    answers = [
        await client.post("/v1/access-grants", json={"tenant_id": who, "role": "admin"}, headers=bakery.headers)
        for who in (public(stranger), public(sibling), public(bakery), ids.encode("ten", ids.new_uuid()), "x")
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert answers[0].json()["errors"] == answers[3].json()["errors"]


async def test_who_acts_by_a_grant_does_not_widen_it(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    bakery = await make_client(agency)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenant_grants set role = 'owner' where tenant_id = $1", bakery.id)
    act_for = agency.headers | {"Fleetpost-Tenant": public(bakery)}
    address = f"/v1/access-grants/{public(agency)}"
    changed = await client.patch(address, json={"role": "admin"}, headers=act_for)
    assert (changed.status_code, changed.json()["code"]) == (403, "forbidden")
    assert (await client.delete(address, headers=act_for)).status_code == 204


@pytest.mark.parametrize(("role", "status"), [("support", 403), ("billing", 201), ("owner", 403)])
async def test_a_key_gives_away_no_more_than_it_has(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database, role: str, status: int
) -> None:
    bakery = await make_client(agency)
    await client.delete(f"/v1/access-grants/{public(agency)}", headers=bakery.headers)
    async with db.fleet_tx() as tx:
        key = await create_key(tx, bakery.id, "narrow", ("account:*", "plans:*"))
    body, headers = {"tenant_id": public(agency), "role": role}, {"Authorization": f"Bearer {key.token}"}
    assert (await client.post("/v1/access-grants", json=body, headers=headers)).status_code == status


async def test_a_grant_is_changed_as_it_was_seen(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    address = f"/v1/access-grants/{public(agency)}"
    conditional = bakery.headers | {"If-Match": (await client.get(address, headers=bakery.headers)).headers["ETag"]}
    assert (await client.patch(address, json={"role": "support"}, headers=conditional)).status_code == 200
    assert (await client.patch(address, json={"role": "admin"}, headers=conditional)).status_code == 412
    assert (await client.delete(address, headers=conditional)).status_code == 412
