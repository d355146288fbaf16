"""Nodes for operators, and enrolment, over the real application."""

import secrets
from collections.abc import AsyncGenerator
from datetime import timedelta

import httpx
import pytest

from control_plane.core.runtime import Runtime
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode, some_address


def wanted(**changes: object) -> dict[str, object]:
    name = f"n-{secrets.token_hex(6)}"
    return {
        "name": name,
        "hostname": f"{name}.fleetpost.test",
        "service_address": some_address(),
        "roles": ["outbound", "mx"],
        "ips": [{"address": some_address(), "stream": "transactional", "hostname": f"out-{name}.fleetpost.test"}],
    } | changes


async def register(client: httpx.AsyncClient, operator: Tenant, node: dict[str, object]) -> httpx.Response:
    return await client.post("/v1/nodes", json=node, headers=operator.headers)


async def token_for(client: httpx.AsyncClient, operator: Tenant, node_id: str) -> str:
    answer = await client.post("/v1/nodes/enrolment-tokens", json={"node_id": node_id}, headers=operator.headers)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def enrol(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(wire.ENROL_PATH, json={"token": token, "agent_version": "test"})


@pytest.fixture(autouse=True)
async def retired(runtime: Runtime) -> AsyncGenerator[None]:
    """Retire what was registered, so that it gets no more state from other tests."""
    yield
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'retired' where status = 'enrolling'")


async def test_a_registered_node_waits_to_be_enrolled(client: httpx.AsyncClient, operator: Tenant) -> None:
    node = wanted()
    made = (await register(client, operator, node)).json()
    assert (made["name"], made["status"], made["generation_desired"]) == (node["name"], "enrolling", 1)
    assert [ip["address"] for ip in made["ips"]] == [ip["address"] for ip in node["ips"]]  # type: ignore[attr-defined]
    read = await client.get(f"/v1/nodes/{made['id']}", headers=operator.headers)
    assert read.json() == made


async def test_registering_again_by_the_same_name_changes_the_node(client: httpx.AsyncClient, operator: Tenant) -> None:
    node = wanted()
    first = (await register(client, operator, node)).json()
    same = (await register(client, operator, node)).json()
    assert same == first, "nothing has changed, so nothing is published"
    moved = (await register(client, operator, node | {"service_address": some_address()})).json()
    assert (moved["id"], moved["generation_desired"]) == (first["id"], 2)


async def test_an_address_belongs_to_one_node(client: httpx.AsyncClient, operator: Tenant) -> None:
    node = wanted()
    await register(client, operator, node)
    other = await register(client, operator, wanted(ips=node["ips"]))
    assert (other.status_code, other.json()["code"]) == (409, "ip_in_use")
    other = await register(client, operator, wanted(hostname=node["hostname"]))
    assert (other.status_code, other.json()["code"]) == (409, "node_conflict")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"service_address": "ten.dot.one"}, "service_address"),
        ({"name": "N 1"}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["webmail"]}, "roles[0]"),
        ({"ips": [{"address": "1", "stream": "transactional", "hostname": "out.test"}]}, "ips[0].address"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_path(
    client: httpx.AsyncClient, operator: Tenant, changes: dict[str, object], path: str
) -> None:
    answer = await register(client, operator, wanted(**changes))
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_the_fleet_is_the_operators(client: httpx.AsyncClient, tenant: Tenant) -> None:
    assert (await client.get("/v1/nodes", headers=tenant.headers)).status_code == 403
    assert (await register(client, tenant, wanted())).status_code == 403


async def test_a_token_enrols_once(client: httpx.AsyncClient, operator: Tenant) -> None:
    node_id = (await register(client, operator, wanted())).json()["id"]
    token = await token_for(client, operator, node_id)
    first = await enrol(client, token)
    assert first.status_code == 200
    assert first.json()["node_id"] == node_id
    assert first.json()["credential"].startswith("fpn_")
    again = await enrol(client, token)
    assert (again.status_code, again.json()["code"]) == (401, "enrolment_refused")


async def test_a_token_with_a_wrong_secret_does_not_use_the_right_one_up(
    client: httpx.AsyncClient, operator: Tenant
) -> None:
    node_id = (await register(client, operator, wanted())).json()["id"]
    token = await token_for(client, operator, node_id)
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert (await enrol(client, wrong)).status_code == 401
    assert (await enrol(client, token)).status_code == 200


async def test_an_expired_token_does_not_enrol(client: httpx.AsyncClient, operator: Tenant, runtime: Runtime) -> None:
    node_id = (await register(client, operator, wanted())).json()["id"]
    token = await token_for(client, operator, node_id)
    async with runtime.db.fleet_tx() as tx:
        lookup = token.removeprefix("fpe_")[:16]
        past = runtime.clock.now() - timedelta(seconds=1)
        await tx.connection.execute("update enrolment_tokens set expires_at = $2 where lookup = $1", lookup, past)
    assert (await enrol(client, token)).status_code == 401


@pytest.mark.parametrize("token", ["", "fpe_", "fp_" + "0" * 56, "fpe_" + "é" * 56])
async def test_what_is_no_token_does_not_enrol(client: httpx.AsyncClient, token: str) -> None:
    assert (await enrol(client, token)).status_code == 401


async def test_a_token_needs_a_node(client: httpx.AsyncClient, operator: Tenant) -> None:
    for node_id in ("nod_" + "0" * 26, "nonsense"):
        answer = await client.post("/v1/nodes/enrolment-tokens", json={"node_id": node_id}, headers=operator.headers)
        assert answer.status_code == 404


async def test_nodes_are_listed_in_pages(client: httpx.AsyncClient, operator: Tenant, make_node: MakeNode) -> None:
    made = [(await make_node()).public_id for _ in range(3)]
    seen: list[str] = []
    after = ""
    while True:
        page = (await client.get(f"/v1/nodes?limit=2{after}", headers=operator.headers)).json()
        seen += [node["id"] for node in page["data"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sorted(seen)
    assert set(made) <= set(seen)
