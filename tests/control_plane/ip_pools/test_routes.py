"""Pools and addresses over the real application, as operators and tenants use them."""

from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.queries import ips as queries
from control_plane.ip_pools.readiness import Finding
from control_plane.ip_pools.service import telling
from control_plane.nodes import placements
from control_plane.nodes.service import next_changes
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, some_address
from tests.control_plane.ip_pools.conftest import AddIp, MakePool, Post, PutInto, uuid_of

WHY = {"reason": "The test says so."}


async def as_the_node_knows(db: Database, node: FleetNode) -> dict[str, wire.SendingIp]:
    """Give the addresses that the node is told of, by address."""
    page = await next_changes(db, NodeId(node.id), (0, "", ""))
    item = next(change for change in page.changes if (change.kind, change.key) == ("node", "self"))
    assert item.payload is not None
    return {ip.address: ip for ip in msgspec.msgpack.decode(item.payload, type=wire.NodeItem).ips}


async def test_a_new_address_waits_for_its_checks_and_takes_no_mail_before(
    db: Database, node: FleetNode, make_pool: MakePool, add_ip: AddIp
) -> None:
    ip = await add_ip(await make_pool(), weight=3)
    assert (ip["status"], ip["weight"], ip["findings"]) == ("provisioning", 3, [])
    known = (await as_the_node_knows(db, node))[ip["address"]]
    assert (known.status, known.weight) == ("quarantined", 3)


async def test_each_step_is_told_to_the_node(
    db: Database, node: FleetNode, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, post: Post
) -> None:
    ip = await add_ip(await make_pool())
    await put_into(ip["id"], "warming", warm=False)
    for step, status, known in (
        ("finish-warm-up", "active", "active"),
        ("drain", "draining", "draining"),
        ("resume", "active", "active"),
        ("quarantine", "quarantined", "quarantined"),
        ("warm-up-again", "warming", "warming"),
    ):
        answer = (await post(f"/v1/ips/{ip['id']}/{step}", WHY)).json()
        assert (answer["status"], answer["reason"]) == (status, WHY["reason"])
        assert (await as_the_node_knows(db, node))[ip["address"]].status == known


async def test_a_standby_address_takes_no_mail_and_is_kept_ready(
    db: Database, node: FleetNode, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, client: httpx.AsyncClient,
    operator: Tenant,
) -> None:  # fmt: skip
    ip = await add_ip(await make_pool(), standby=True)
    await put_into(ip["id"], "active")
    await client.patch(f"/v1/ips/{ip['id']}", json={"weight": 2}, headers=operator.headers)
    assert (await as_the_node_knows(db, node))[ip["address"]].status == "draining"
    answer = await client.patch(f"/v1/ips/{ip['id']}", json={"standby": False}, headers=operator.headers)
    assert answer.json()["standby"] is False
    assert (await as_the_node_knows(db, node))[ip["address"]].status == "active"


async def test_a_step_that_cannot_be_taken_says_what_can(make_pool: MakePool, add_ip: AddIp, post: Post) -> None:
    ip = await add_ip(await make_pool())
    refused = (await post(f"/v1/ips/{ip['id']}/drain", WHY, 409)).json()
    assert refused["code"] == "ip_step_refused"
    assert "provisioning" in refused["detail"]
    assert "verify, release" in refused["detail"]


async def test_streams_never_share_an_address(
    db: Database, make_pool: MakePool, add_ip: AddIp, client: httpx.AsyncClient, operator: Tenant
) -> None:
    ip, broadcast = await add_ip(await make_pool()), await make_pool(stream="broadcast")
    answer = await client.patch(f"/v1/ips/{ip['id']}", json={"pool_id": broadcast}, headers=operator.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "ip_streams_apart")
    with pytest.raises(asyncpg.CheckViolationError, match="cannot send another"):  # whoever asks the database
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                "update ips set pool_id = $2 where id = $1", uuid_of(ip["id"]), ids.decode("pool", broadcast)
            )
    assert (await add_ip(broadcast, 409, address=ip["address"]))["code"] == "ip_in_use"


async def test_an_address_moves_to_another_pool_once_it_is_drained(
    make_pool: MakePool, add_ip: AddIp, put_into: PutInto, client: httpx.AsyncClient, operator: Tenant
) -> None:
    first, second = await make_pool(), await make_pool()
    ip = await add_ip(first)
    await put_into(ip["id"], "active")
    path = f"/v1/ips/{ip['id']}"
    answer = await client.patch(path, json={"pool_id": second}, headers=operator.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "ip_not_drained")
    await put_into(ip["id"], "draining")
    answer = await client.patch(path, json={"pool_id": second}, headers=operator.headers)
    assert (answer.status_code, answer.json()["pool_id"]) == (200, second)
    tenures = (await client.get(f"{path}/tenures", headers=operator.headers)).json()["data"]
    assert [(each["pool_id"], each["ended_at"] is None) for each in tenures] == [(second, True), (first, False)]


async def test_mail_in_the_nodes_queue_keeps_an_address_from_being_given_up(
    db: Database, node: FleetNode, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, post: Post
) -> None:
    ip = await add_ip(await make_pool())
    await put_into(ip["id"], "draining")
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """update nodes set heartbeat = '{"queue": {"deferred": 2}}' where id = $1""", node.id
        )
    assert (await post(f"/v1/ips/{ip['id']}/release", {}, 409)).json()["code"] == "ip_not_drained"
    body = {"even_undrained": True, "reason": "The host is gone."}
    assert (await post(f"/v1/ips/{ip['id']}/release", body)).json()["status"] == "released"
    assert ip["address"] not in await as_the_node_knows(db, node)


async def test_a_burnt_address_cools_down_before_others_get_it(
    make_pool: MakePool, add_ip: AddIp, put_into: PutInto, post: Post, tenant: Tenant, stranger: Tenant
) -> None:
    own, shared = await make_pool(tenant), await make_pool()
    ip = await add_ip(own)
    await put_into(ip["id"], "active")
    await post(f"/v1/ips/{ip['id']}/quarantine", WHY)
    await put_into(ip["id"], "quarantined")
    released = (await post(f"/v1/ips/{ip['id']}/release", WHY)).json()
    cooling = datetime.fromisoformat(released["cooling_until"]) - datetime.now(UTC)
    assert timedelta(days=29) < cooling <= timedelta(days=30)
    for pool in (shared, await make_pool(stranger)):
        assert (await add_ip(pool, 409, address=ip["address"]))["code"] == "ip_cooling_down"
    await post(f"/v1/ips/{ip['id']}/cool-down", {"until": "2020-01-01T00:00:00Z", **WHY})
    again = await add_ip(shared, address=ip["address"])
    assert (again["id"], again["status"], again["cooling_until"]) == (ip["id"], "provisioning", None)


async def test_taking_a_burnt_address_back_and_giving_it_up_again_does_not_cool_it_down(
    make_pool: MakePool, add_ip: AddIp, put_into: PutInto, post: Post, client: httpx.AsyncClient, operator: Tenant,
    tenant: Tenant,
) -> None:  # fmt: skip
    own, shared = await make_pool(tenant), await make_pool()
    ip = await add_ip(own)
    await put_into(ip["id"], "active")
    await post(f"/v1/ips/{ip['id']}/quarantine", WHY)
    await put_into(ip["id"], "quarantined")
    cooling = (await post(f"/v1/ips/{ip['id']}/release", WHY)).json()["cooling_until"]
    await add_ip(own, address=ip["address"])
    moved = await client.patch(f"/v1/ips/{ip['id']}", json={"pool_id": shared}, headers=operator.headers)
    assert (moved.status_code, moved.json()["code"]) == (409, "ip_cooling_down")
    assert (await post(f"/v1/ips/{ip['id']}/release", WHY)).json()["cooling_until"] == cooling
    assert (await add_ip(shared, 409, address=ip["address"]))["code"] == "ip_cooling_down"


async def test_what_was_found_of_an_address_is_forgotten_when_it_is_another_or_elsewhere(
    db: Database, make_node: MakeNode, make_pool: MakePool, add_ip: AddIp, post: Post, client: httpx.AsyncClient,
    operator: Tenant,
) -> None:  # fmt: skip
    pool = await make_pool()
    ip = await add_ip(pool)
    path = f"/v1/ips/{ip['id']}"

    async def find_it_fit() -> None:
        findings = msgspec.json.encode([Finding(what="ptr", status="ok", text="It is there.")]).decode()
        now = datetime.now(UTC)
        async with db.fleet_tx() as tx:
            await queries.save_findings(tx.connection, uuid_of(ip["id"]), findings, now, now + timedelta(hours=6))

    await find_it_fit()
    renamed = await client.patch(path, json={"hostname": "other.fleetpost.test"}, headers=operator.headers)
    assert renamed.json()["findings"] == []
    await find_it_fit()
    await post(f"{path}/release", WHY)
    again = await add_ip(pool, address=ip["address"], node_id=(await make_node()).public_id)
    assert again["findings"] == []
    async with db.fleet_tx() as tx:
        assert uuid_of(ip["id"]) in await queries.claim_due(tx.connection, datetime.now(UTC), timedelta(0), 1000)


async def test_a_released_address_may_take_up_another_stream(make_pool: MakePool, add_ip: AddIp, post: Post) -> None:
    ip = await add_ip(await make_pool())
    await post(f"/v1/ips/{ip['id']}/release", WHY)
    again = await add_ip(await make_pool(stream="broadcast"), address=ip["address"])
    assert again["stream"] == "broadcast"


async def test_mail_leaves_by_the_pool_that_was_made_the_default(
    db: Database, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, client: httpx.AsyncClient, operator: Tenant,
    tenant: Tenant,
) -> None:  # fmt: skip
    async def chosen() -> str:
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                return ids.encode("pool", await ip_pools.pool_for(tx, "transactional"))

    first, second = await make_pool(tenant), await make_pool(tenant)
    assert await chosen() not in (first, second)
    for pool in (first, second):
        path = f"/v1/ip-pools/{pool}"
        refused = await client.patch(path, json={"is_default": True}, headers=operator.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "ip_pool_empty")
        await put_into((await add_ip(pool))["id"], "active")
        changed = await client.patch(path, json={"is_default": True}, headers=operator.headers)
        assert (changed.status_code, changed.json()["is_default"]) == (200, True)
        assert await chosen() == pool
    listed = (await client.get("/v1/account/ip-pools", headers=tenant.headers)).json()["data"]
    assert [(pool["id"], pool["is_default"]) for pool in listed] == [(first, False), (second, True)]


async def test_tenants_see_their_own_pools_only(
    make_pool: MakePool, client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant
) -> None:
    own = await make_pool(tenant)
    for who, seen in ((tenant, [own]), (stranger, [])):
        listed = (await client.get("/v1/account/ip-pools", headers=who.headers)).json()["data"]
        assert [pool["id"] for pool in listed] == seen
    assert (await client.get(f"/v1/ip-pools/{own}", headers=tenant.headers)).status_code == 403
    assert (await client.get("/v1/ips", headers=tenant.headers)).status_code == 403


async def test_a_pool_that_was_never_used_can_be_deleted(
    make_pool: MakePool, add_ip: AddIp, client: httpx.AsyncClient, operator: Tenant
) -> None:
    unused, used = await make_pool(), await make_pool()
    await add_ip(used)
    assert (await client.delete(f"/v1/ip-pools/{unused}", headers=operator.headers)).status_code == 204
    refused = await client.delete(f"/v1/ip-pools/{used}", headers=operator.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "ip_pool_in_use")


async def test_who_changes_says_what_they_saw(
    make_pool: MakePool, add_ip: AddIp, client: httpx.AsyncClient, operator: Tenant
) -> None:
    ip = await add_ip(await make_pool())
    path = f"/v1/ips/{ip['id']}"
    seen = (await client.get(path, headers=operator.headers)).headers["ETag"]
    headers = operator.headers | {"If-Match": seen}
    assert (await client.patch(path, json={"weight": 5}, headers=headers)).status_code == 200
    assert (await client.patch(path, json={"weight": 6}, headers=headers)).status_code == 412


async def test_addresses_are_found_by_state_pool_and_node(
    make_pool: MakePool, add_ip: AddIp, client: httpx.AsyncClient, operator: Tenant, node: FleetNode
) -> None:
    pool = await make_pool()
    ip = await add_ip(pool)
    for query, expected in (
        (f"pool_id={pool}", [ip["id"]]),
        (f"node_id={node.public_id}&status=provisioning", [ip["id"]]),
        (f"pool_id={pool}&status=active", []),
    ):
        listed = (await client.get(f"/v1/ips?{query}", headers=operator.headers)).json()["data"]
        assert [each["id"] for each in listed] == expected
    for wrong in ("status=asleep", "pool_id=nonsense", "pool_id=\x00"):
        assert (await client.get("/v1/ips", params=wrong, headers=operator.headers)).status_code in (400, 422)


@pytest.mark.parametrize(
    "address",
    ["", "localhost", "127.0.0.1", "::1", "0.0.0.0", "224.0.0.1", "::ffff:192.0.2.1", "fe80::1%eth0", "1.2.3"],
)
async def test_what_no_mail_can_leave_from_is_refused(make_pool: MakePool, add_ip: AddIp, address: str) -> None:
    assert (await add_ip(await make_pool(), 422, address=address))["errors"][0]["path"] == "address"


async def test_an_ipv6_address_is_one_however_it_is_written(make_pool: MakePool, add_ip: AddIp) -> None:
    pool, tail = await make_pool(), some_address().split(".")[1:]
    ip = await add_ip(pool, address=f"2001:DB8:0:{tail[0]}:{tail[1]}::{tail[2]}")
    assert (await add_ip(pool, 409, address=ip["address"]))["code"] == "ip_in_use"


async def test_nodes_learn_by_which_pool_a_tenants_people_send(
    runtime: Runtime, node: FleetNode, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, client: httpx.AsyncClient,
    operator: Tenant, tenant: Tenant, domain: str,
) -> None:  # fmt: skip
    async def known() -> str | None:
        page = await next_changes(runtime.db, NodeId(node.id), (0, "", ""))
        payload = next(each.payload for each in page.changes if (each.kind, each.key) == ("domain", domain))
        assert payload is not None
        return msgspec.msgpack.decode(payload, type=wire.DomainItem).submission_pool_id

    pool = await make_pool(tenant)
    await put_into((await add_ip(pool))["id"], "active")
    await placements.fill(runtime.db, runtime.vault, runtime.clock, node.id)
    await client.patch(f"/v1/ip-pools/{pool}", json={"is_default": True}, headers=operator.headers)
    await telling.tell_nodes(runtime.db, runtime.vault)
    assert await known() == pool


async def test_who_has_no_pool_sends_by_a_shared_one_and_never_by_somebodys_own(
    db: Database, node: FleetNode, make_pool: MakePool, add_ip: AddIp, tenant: Tenant
) -> None:
    async def known() -> str | None:
        page = await next_changes(db, NodeId(node.id), (0, "", ""))
        item = next(change for change in page.changes if (change.kind, change.key) == ("node", "self"))
        assert item.payload is not None
        found = msgspec.msgpack.decode(item.payload, type=wire.NodeItem)
        assert found.ips[0].address == "1.0.0.9", "a dedicated one comes first"
        return found.shared_pool_id

    await add_ip(await make_pool(tenant), address="1.0.0.9")
    assert await known() == ""
    shared = await make_pool()
    await add_ip(shared)
    assert await known() == shared
