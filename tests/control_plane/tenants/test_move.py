"""Moving branches: paths, states and grants follow; no cycles, not out of one's own subtree."""

import asyncio

import httpx

from control_plane.core import ids
from control_plane.core.database import Database
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.tenants.conftest import MakeClient, act, public, shown


async def path_of(db: Database, tenant: Tenant) -> list[object]:
    """Read the way from the root to a tenant."""
    async with db.fleet_tx() as tx:
        path: list[object] = await tx.connection.fetchval("select path from tenants where id = $1", tenant.id)
    return path


async def test_a_branch_moves_with_all_below_it(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    one, other = await make_client(agency, kind="agency"), await make_client(agency, kind="agency")
    branch = await make_client(one, kind="agency")
    leaf = await make_client(branch)
    answer = await act(client, agency, branch, "move", parent_id=public(other))
    assert (answer.status_code, answer.json()["parent_id"]) == (200, public(other))
    assert await path_of(db, leaf) == [agency.id, other.id, branch.id, leaf.id]


async def test_states_follow_from_the_new_place(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bad, good = await make_client(agency, kind="agency"), await make_client(agency, kind="agency")
    leaf = await make_client(bad)
    await act(client, agency, bad, "suspend", reason="unpaid")
    await act(client, agency, leaf, "move", parent_id=public(good))
    assert (await shown(client, agency, leaf))["status"] == "active"
    await act(client, agency, leaf, "move", parent_id=public(bad))
    assert (await shown(client, agency, leaf))["status"] == "suspended"


async def test_who_is_left_behind_may_not_act_any_more(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    one, other = await make_client(agency, kind="agency"), await make_client(agency, kind="agency")
    leaf = await make_client(one)
    act_for = one.headers | {"Fleetpost-Tenant": public(leaf)}
    assert (await client.get("/v1/me", headers=act_for)).status_code == 200
    await act(client, agency, leaf, "move", parent_id=public(other))
    assert (await client.get("/v1/me", headers=act_for)).status_code == 404
    log = (await client.get("/v1/audit-log", headers=leaf.headers)).json()
    assert {"clients.move", "access-grants.delete"} <= {entry["action"] for entry in log["data"]}


async def test_a_plan_stays_with_its_agency_and_its_limits_come_along(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    one, other = await make_client(agency, kind="agency"), await make_client(agency, kind="agency")
    offered = {"name": "Small", "limits": {"messages_day": 100, "domains": 3}}
    plan = (await client.post("/v1/plans", json=offered, headers=one.headers)).json()
    leaf = await make_client(one, plan_id=plan["id"], limits={"domains": 2})
    moved = (await act(client, agency, leaf, "move", parent_id=public(other))).json()
    assert (moved["plan_id"], moved["limits"]) == (None, {"messages_day": 100, "domains": 2})
    changed = await client.patch(f"/v1/plans/{plan['id']}", json={"limits": {"messages_day": 0}}, headers=one.headers)
    assert changed.json()["tenants"] == 0
    assert (await shown(client, agency, leaf))["limits"] == {"messages_day": 100, "domains": 2}


async def test_limits_of_a_plan_that_are_more_than_the_new_agency_has_left_keep_a_client_where_it_is(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    one = await make_client(agency, kind="agency")
    small = await make_client(agency, kind="agency", limits={"messages_day": 99})
    offered = {"name": "Small", "limits": {"messages_day": 100}}
    plan = (await client.post("/v1/plans", json=offered, headers=one.headers)).json()
    leaf = await make_client(one, plan_id=plan["id"])
    refused = await act(client, agency, leaf, "move", parent_id=public(small))
    assert (refused.status_code, refused.json()["code"]) == (422, "over_allocated")
    assert (await shown(client, agency, leaf))["plan_id"] == plan["id"]


async def test_nobody_moves_below_themselves(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    twig = await make_client(branch, kind="agency")
    for below in (branch, twig):
        answer = await act(client, agency, branch, "move", parent_id=public(below))
        assert (answer.status_code, answer.json()["code"]) == (409, "would_be_its_own_ancestor")


async def test_nobody_moves_out_of_their_own_subtree(
    client: httpx.AsyncClient, agency: Tenant, make_tenant: MakeTenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    leaf = await make_client(branch)
    strangers = await make_tenant("agency")
    answers = [
        await act(client, branch, leaf, "move", parent_id=parent)
        for parent in (public(strangers), public(agency), ids.encode("ten", ids.new_uuid()))
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert answers[0].json()["errors"] == answers[2].json()["errors"]


async def test_a_client_is_no_place_to_move_to(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    one, other = await make_client(agency), await make_client(agency)
    assert (await act(client, agency, one, "move", parent_id=public(other))).json()["code"] == "not_an_agency"


async def test_two_moves_at_once_make_no_cycle(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    for _ in range(5):
        one, other = await make_client(agency, kind="agency"), await make_client(agency, kind="agency")
        answers = await asyncio.gather(
            act(client, agency, one, "move", parent_id=public(other)),
            act(client, agency, other, "move", parent_id=public(one)),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        paths = sorted([await path_of(db, one), await path_of(db, other)], key=len)
        assert [len(path) for path in paths] == [2, 3]
        assert paths[1][:2] == paths[0]
