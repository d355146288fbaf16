"""The log through the API."""

import csv
import io
import json

import httpx
import pytest

from control_plane.core.actor import Actor
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.audit.conftest import DoSomething

BEA = Actor(kind="user", id="usr_bea", name="=bea@acme.test")


@pytest.fixture
async def log(tenant: Tenant, do_something: DoSomething) -> Tenant:
    """A tenant with entries."""
    await do_something(tenant, "lamps.switch_on")
    await do_something(tenant, "lamps.break", BEA)
    await do_something(tenant, "lampshades.wash")
    return tenant


async def actions(client: httpx.AsyncClient, tenant: Tenant, query: str = "") -> list[str]:
    answer = await client.get(f"/v1/audit-log{query}", headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    return [entry["action"] for entry in answer.json()["data"]]


async def test_the_log_lists_newest_first(client: httpx.AsyncClient, log: Tenant) -> None:
    assert await actions(client, log) == ["lampshades.wash", "lamps.break", "lamps.switch_on"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?action=lamps", ["lamps.break", "lamps.switch_on"]),
        ("?action=lamps.break", ["lamps.break"]),
        ("?actor=usr_bea", ["lamps.break"]),
        ("?actor=%3Dbea@acme.test", ["lamps.break"]),
        ("?target=lmp_2", []),
        ("?since=9999-12-31T23:59:59-12:00", []),
        ("?until=0001-01-01T00:00:00%2B12:00", []),
        ("?since=2026-01-01T00:00:00&action=lamps.break", ["lamps.break"]),
    ],
)
async def test_the_log_is_filtered(client: httpx.AsyncClient, log: Tenant, query: str, found: list[str]) -> None:
    assert await actions(client, log, query) == found


async def test_the_log_is_read_in_pages(client: httpx.AsyncClient, log: Tenant) -> None:
    first = (await client.get("/v1/audit-log?limit=2", headers=log.headers)).json()
    rest = (await client.get(f"/v1/audit-log?limit=2&after={first['next']}", headers=log.headers)).json()
    assert [entry["seq"] for entry in first["data"] + rest["data"]] == [3, 2, 1]
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["?after=x", "?after=mbx_1", "?since=soon", "?actors=x", "?limit=0"])
async def test_odd_questions_are_refused(client: httpx.AsyncClient, tenant: Tenant, query: str) -> None:
    assert (await client.get(f"/v1/audit-log{query}", headers=tenant.headers)).status_code in (400, 422)


async def test_the_head_is_that_of_the_newest_entry(client: httpx.AsyncClient, log: Tenant) -> None:
    [newest, *_] = (await client.get("/v1/audit-log", headers=log.headers)).json()["data"]
    head = (await client.get("/v1/audit-log/head", headers=log.headers)).json()
    assert head == {"seq": newest["seq"], "hash": newest["hash"]}


async def test_the_whole_log_is_taken_away_as_lines(client: httpx.AsyncClient, log: Tenant) -> None:
    listed = (await client.get("/v1/audit-log", headers=log.headers)).json()["data"]
    exported = await client.get("/v1/audit-log/export", headers=log.headers)
    assert exported.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in exported.text.split("\n")[:-1]] == listed[::-1]


async def test_a_spreadsheet_finds_no_formula_in_the_log(client: httpx.AsyncClient, log: Tenant) -> None:
    exported = await client.get("/v1/audit-log/export?format=csv", headers=log.headers)
    assert exported.headers["content-disposition"] == 'attachment; filename="audit-log.csv"'
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert [row["actor"] for row in rows] == ["Fleetpost", "'=bea@acme.test", "Fleetpost"]
    assert [row["seq"] for row in rows] == ["1", "2", "3"]


async def test_the_log_is_its_tenants_own(client: httpx.AsyncClient, log: Tenant, stranger: Tenant) -> None:
    assert await actions(client, stranger) == []
    assert (await client.get("/v1/audit-log/export", headers=stranger.headers)).text == ""
    assert (await client.get("/v1/audit-log/head", headers=stranger.headers)).json() == {"seq": 0, "hash": ""}


@pytest.mark.parametrize("path", ["", "/head", "/export"])
async def test_reading_the_log_needs_its_scope(client: httpx.AsyncClient, make_tenant: MakeTenant, path: str) -> None:
    sender = await make_tenant(scopes=("messages:*",))
    assert (await client.get(f"/v1/audit-log{path}", headers=sender.headers)).status_code == 403
