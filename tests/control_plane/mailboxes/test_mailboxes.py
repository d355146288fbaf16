"""Mailboxes through the API, and in force on the nodes."""

import asyncio

import httpx
import msgspec
import pytest
from litestar import Litestar

from control_plane.core import crypto
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.nodes import service as nodes
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.link_client import greeted

PASSWORD = "correct horse battery"
_IS_ANYBODY_WAITING = "select exists (select from pg_locks where not granted)"


def wanted(domain: str, **changes: object) -> dict[str, object]:
    return {"address": f"ann@{domain}", "name": "Ann", "password": PASSWORD, "quota_bytes": 1000} | changes


async def create(client: httpx.AsyncClient, tenant: Tenant, domain: str, **changes: object) -> str:
    """Make a mailbox; gives its id."""
    answer = await client.post("/v1/mailboxes", json=wanted(domain, **changes), headers=tenant.headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def item_of(runtime: Runtime, node: FleetNode, address: str) -> wire.MailboxItem | None:
    """Read what a node was told about a mailbox; there must be something."""
    async with runtime.db.fleet_tx() as tx:
        row = await tx.connection.fetchrow(
            "select payload from node_items where node_id = $1 and kind = 'mailbox' and key = $2", node.id, address
        )
    assert row is not None
    return None if row["payload"] is None else msgspec.msgpack.decode(row["payload"], type=wire.MailboxItem)


async def test_a_new_mailbox_is_in_force_on_the_node(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, runtime: Runtime
) -> None:
    node = await make_node()
    await create(client, tenant, domain)
    item = await item_of(runtime, node, f"ann@{domain}")
    assert item is not None
    assert crypto.password_matches(PASSWORD, item.password_hash)
    assert (item.quota_bytes, item.enabled) == (1000, True)
    assert item.system_uid >= 200_000


async def test_a_mailbox_is_shown_without_its_password(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    await make_node()
    mailbox_id = await create(client, tenant, domain)
    answer = await client.get(f"/v1/mailboxes/{mailbox_id}", headers=tenant.headers)
    shown = answer.json()
    assert (shown["address"], shown["status"], shown["used_bytes"]) == (f"ann@{domain}", "active", None)
    assert "password" not in answer.text
    listed = await client.get("/v1/mailboxes", headers=tenant.headers)
    assert listed.json() == {"data": [shown], "next": None}


async def test_a_suspended_mailbox_is_disabled_on_the_node(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, runtime: Runtime
) -> None:
    node = await make_node()
    mailbox_id = await create(client, tenant, domain)
    change = {"status": "suspended", "password": "another good password"}
    answer = await client.patch(f"/v1/mailboxes/{mailbox_id}", json=change, headers=tenant.headers)
    assert (answer.status_code, answer.json()["status"]) == (200, "suspended")
    item = await item_of(runtime, node, f"ann@{domain}")
    assert item is not None
    assert not item.enabled
    assert crypto.password_matches("another good password", item.password_hash)


async def test_a_change_of_what_was_changed_meanwhile_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    await make_node()
    path = f"/v1/mailboxes/{await create(client, tenant, domain)}"
    etag = (await client.get(path, headers=tenant.headers)).headers["etag"]
    conditional = tenant.headers | {"If-Match": etag}
    assert (await client.patch(path, json={"name": "First"}, headers=conditional)).status_code == 200
    late = await client.patch(path, json={"name": "Second"}, headers=conditional)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert (await client.get(path, headers=tenant.headers)).json()["name"] == "First"


async def test_a_deleted_mailbox_is_taken_off_the_node(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, runtime: Runtime
) -> None:
    node = await make_node()
    path = f"/v1/mailboxes/{await create(client, tenant, domain)}"
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    assert await item_of(runtime, node, f"ann@{domain}") is None
    assert (await client.get(path, headers=tenant.headers)).status_code == 404


async def test_a_domain_with_mailboxes_cannot_be_deleted(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    await make_node()
    await create(client, tenant, domain)
    [listed] = (await client.get("/v1/domains", headers=tenant.headers)).json()["data"]
    answer = await client.delete(f"/v1/domains/{listed['id']}", headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "domain_in_use")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"password": "short"}, "password"),
        ({"address": "ann+x@acme.test"}, "address"),
        ({"quota_bytes": -1}, "quota_bytes"),
        ({"quota": 5}, "quota"),
        ({"address": "ann@not-mine.test"}, "address"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_path(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, changes: dict[str, object], path: str
) -> None:
    answer = await client.post("/v1/mailboxes", json=wanted(domain, **changes), headers=tenant.headers)
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_an_address_is_given_once(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    await make_node()
    await create(client, tenant, domain)
    again = await client.post("/v1/mailboxes", json=wanted(domain), headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "mailbox_exists")


async def test_another_tenants_mailbox_is_not_found(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, make_tenant: MakeTenant
) -> None:
    await make_node()
    other, mailbox_id = await make_tenant(), await create(client, tenant, domain)
    for method, body in [("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)]:
        answer = await client.request(method, f"/v1/mailboxes/{mailbox_id}", json=body, headers=other.headers)
        assert answer.status_code == 404, method


async def test_another_tenants_domain_cannot_have_our_mailbox(
    client: httpx.AsyncClient, tenant: Tenant, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    other = await make_tenant()
    theirs = await make_domain(other, "theirs")
    answer = await client.post("/v1/mailboxes", json=wanted(theirs), headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "domain_not_usable")


async def test_the_answer_waits_until_a_connected_node_has_put_the_mailbox_in_force(
    app: Litestar, client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        known = (await agent.whole_state())[-1].generation
        await agent.send(wire.Applied(generation=known))
        answering = asyncio.create_task(create(client, tenant, domain))
        [delta] = await agent.whole_state()
        assert not answering.done()
        await agent.send(wire.Applied(generation=delta.generation))
        assert await answering


async def test_a_change_that_waits_for_a_domains_loss_is_published_without_the_right_to_send(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, runtime: Runtime
) -> None:
    node = await make_node()
    path, begin = f"/v1/mailboxes/{await create(client, tenant, domain)}", asyncio.Event()

    async def rename() -> httpx.Response:
        await begin.wait()
        return await client.patch(path, json={"name": "Anna"}, headers=tenant.headers)

    change = asyncio.create_task(rename())
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await nodes.hold_still(tx, tenant.id)
            await tx.connection.execute("update mail_domains set proven_at = null, status = 'pending'")
            begin.set()
            await until_blocked(runtime)
    assert (await change).status_code == 200
    item = await item_of(runtime, node, f"ann@{domain}")
    assert item is not None
    assert not item.may_send


async def until_blocked(runtime: Runtime) -> None:
    """Wait until somebody waits for another's row."""
    async with runtime.db.fleet_tx() as tx:
        while not await tx.connection.fetchval(_IS_ANYBODY_WAITING):  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.01)
