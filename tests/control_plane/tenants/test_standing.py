"""Suspending and resuming: what follows below, and what cannot slip through."""

import asyncio

import httpx

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.tenants.conftest import MakeClient, act, public, shown


async def status(client: httpx.AsyncClient, by: Tenant, what: Tenant) -> tuple[object, object]:
    """Read a client's state in force and its own."""
    fields = await shown(client, by, what)
    return fields["status"], fields["own_status"]


async def test_suspending_an_agency_suspends_all_below(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    leaf = await make_client(branch)
    answer = await act(client, agency, branch, "suspend", reason="unpaid")
    assert (answer.status_code, answer.json()["suspended_reason"]) == (200, "unpaid")
    assert await status(client, agency, leaf) == ("suspended", "active")


async def test_resuming_an_agency_wakes_only_those_who_were_not_suspended_by_themselves(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    bad, good = await make_client(branch), await make_client(branch)
    await act(client, agency, bad, "suspend", reason="spam")
    await act(client, agency, branch, "suspend", reason="unpaid")
    await act(client, agency, branch, "resume")
    assert await status(client, agency, branch) == ("active", "active")
    assert await status(client, agency, good) == ("active", "active")
    assert await status(client, agency, bad) == ("suspended", "suspended")


async def test_what_was_resumed_below_a_suspended_agency_stays_suspended(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    leaf = await make_client(branch)
    await act(client, agency, branch, "suspend", reason="unpaid")
    await act(client, agency, leaf, "resume")
    assert await status(client, agency, leaf) == ("suspended", "active")


async def test_a_suspended_client_reads_but_changes_nothing(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    await act(client, agency, bakery, "suspend", reason="unpaid")
    answer = await client.post("/v1/domains", json={"name": "bakery.test"}, headers=bakery.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "tenant_suspended")
    assert (await client.get("/v1/domains", headers=bakery.headers)).status_code == 200


async def test_suspending_twice_is_told_once(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    bakery = await make_client(agency)
    for reason in ("unpaid", "still unpaid"):
        await act(client, agency, bakery, "suspend", reason=reason)
    await act(client, agency, bakery, "resume")
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch("select type from events where tenant_id = $1 order by id", bakery.id)
    assert [row["type"] for row in rows] == ["tenant.suspended", "tenant.resumed"]


async def test_a_client_made_below_a_suspended_agency_is_suspended(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    await act(client, agency, branch, "suspend", reason="unpaid")
    leaf = await make_client(agency, parent_id=public(branch))
    assert await status(client, agency, leaf) == ("suspended", "active")


async def test_nobody_slips_in_while_an_agency_is_suspended(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    """At every level, at the same time: whoever is committed first, nobody below is left active."""
    branch = await make_client(agency, kind="agency")
    deeper = await make_client(branch, kind="agency")
    made = [make_client(agency, parent_id=public(parent)) for parent in (branch, deeper) for _ in range(4)]
    await asyncio.gather(*made[:4], act(client, agency, branch, "suspend", reason="unpaid"), *made[4:])
    async with db.fleet_tx() as tx:
        states = await tx.connection.fetch(
            "select status, count(*) from tenants where path @> array[$1::uuid] group by 1", branch.id
        )
    assert [tuple(row) for row in states] == [("suspended", 10)]


async def test_a_webhook_hears_of_it(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database
) -> None:
    bakery = await make_client(agency)
    hook = {"url": "http://127.0.0.1:9/hooks", "events": ["tenant.suspended"]}
    assert (await client.post("/v1/webhooks", json=hook, headers=bakery.headers)).status_code == 201
    await act(client, agency, bakery, "suspend", reason="unpaid")
    await act(client, agency, bakery, "resume")
    async with db.fleet_tx() as tx:
        due = await tx.connection.fetchval(
            "select count(*) from webhook_deliveries where tenant_id = $1 and next_attempt_at is not null", bakery.id
        )
    assert due == 1
