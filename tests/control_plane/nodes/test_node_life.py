"""Draining, retiring and giving up nodes, through the API."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId, encode, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from control_plane.nodes import service as nodes
from control_plane.nodes.errors import UnknownNode
from control_plane.nodes.service import alarm, history
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail


class Operator:
    """The operator at the API."""

    def __init__(self, client: httpx.AsyncClient, tenant: Tenant) -> None:
        self._client, self._tenant = client, tenant

    async def post(self, node: FleetNode, act: str, body: dict[str, object] | None = None) -> httpx.Response:
        path = f"/v1/nodes/{node.public_id}/{act}"
        return await self._client.post(path, json=body, headers=self._tenant.headers)

    async def get(self, node: FleetNode, part: str = "") -> httpx.Response:
        return await self._client.get(f"/v1/nodes/{node.public_id}{part}", headers=self._tenant.headers)

    async def patch(self, node: FleetNode, body: dict[str, object], **headers: str) -> httpx.Response:
        path = f"/v1/nodes/{node.public_id}"
        return await self._client.patch(path, json=body, headers=self._tenant.headers | headers)


@pytest.fixture
def fleet(client: httpx.AsyncClient, operator: Tenant) -> Operator:
    return Operator(client, operator)


async def lose(db: Database, node: FleetNode, minutes: int = 2) -> None:
    """Let a node have been silent for some minutes."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """update nodes set status = 'lost', last_seen_at = now() - make_interval(mins => $2) where id = $1""",
            node.id,
            minutes,
        )


async def take(db: Database, node: FleetNode) -> wire.Offer:
    """Have a node take what waits for it."""
    offer = await deliveries.claim(db, node.id, 10)
    assert offer is not None
    assert await deliveries.take(db, node.id, offer.lease_id)
    return offer


async def told_of_itself(db: Database, node: FleetNode) -> wire.NodeItem:
    async with db.fleet_tx() as tx:
        payload = await tx.connection.fetchval(
            "select payload from node_items where node_id = $1 and kind = 'node'", node.id
        )
    return msgspec.msgpack.decode(payload, type=wire.NodeItem)


async def test_a_drained_node_gets_nothing_new_and_knows_it(
    fleet: Operator, db: Database, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    node = await make_node(tenant)
    drained = await fleet.post(node, "drain")
    assert (drained.status_code, drained.json()["status"]) == (200, "draining")
    assert (await told_of_itself(db, node)).draining
    await send_mail(tenant, domain)
    assert await deliveries.claim(db, node.id, 10) is None
    again = await fleet.post(node, "undrain")
    assert (again.json()["status"], again.json()["draining_since"]) == ("ready", None)
    assert not (await told_of_itself(db, node)).draining
    assert await deliveries.claim(db, node.id, 10) is not None


async def test_an_empty_node_is_retired_and_its_credential_ends(
    fleet: Operator, runtime: Runtime, make_node: MakeNode
) -> None:
    node = await make_node()
    refused = await fleet.post(node, "retire", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "node_still_serves")
    await fleet.post(node, "drain")
    assert (await fleet.post(node, "retire", {})).json()["status"] == "retired"
    with pytest.raises(UnknownNode):
        await nodes.authenticate(runtime.db, node.credential)
    assert (await fleet.post(node, "drain")).json()["code"] == "node_retired"


async def test_a_node_that_holds_something_is_retired_only_when_its_name_confirms_it(
    fleet: Operator, runtime: Runtime, make_node: MakeNode
) -> None:
    node = await make_node()
    beat = wire.Heartbeat(at_ms=1, generation=0, queue={"deferred": 3}, spool_events=2)
    await nodes.seen(runtime.db, node.id, runtime.clock, beat)
    await fleet.post(node, "drain")
    refused = await fleet.post(node, "retire", {})
    assert refused.json()["code"] == "node_not_empty"
    assert "3 mails in its queue, 2 events to hand over" in refused.json()["detail"]
    wrong = await fleet.post(node, "retire", {"confirm": "another"})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "confirm")
    assert (await fleet.post(node, "retire", {"confirm": node.name})).json()["status"] == "retired"


async def test_a_retired_nodes_name_and_address_may_be_anothers(
    fleet: Operator, client: httpx.AsyncClient, operator: Tenant, make_node: MakeNode
) -> None:
    node = await make_node()
    described = (await fleet.get(node)).json()
    await fleet.post(node, "drain")
    await fleet.post(node, "retire", {})
    wanted = {name: described[name] for name in ("name", "hostname", "service_address", "roles")}
    made = await client.post("/v1/nodes", json=wanted, headers=operator.headers)
    assert made.status_code == 201, made.text
    assert made.json()["id"] != node.public_id
    await client.post(f"/v1/nodes/{made.json()['id']}/retire", json={}, headers=operator.headers)


async def test_what_a_lost_node_had_taken_leaves_elsewhere_if_the_operator_wants_it(
    fleet: Operator, db: Database, make_node: MakeNode, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    gone, other = await make_node(tenant), await make_node(tenant)
    sent = await send_mail(tenant, domain, recipients=3)
    await take(db, gone)
    assert (await fleet.post(gone, "give-up", {"confirm": gone.name})).json()["code"] == "node_not_lost"
    await lose(db, gone)
    assert (await fleet.post(gone, "retire", {})).json()["code"] == "node_lost"
    queue = (await fleet.get(gone, "/queue")).json()
    assert queue["holdings"]["taken"] == 3
    given_up = await fleet.post(gone, "give-up", {"confirm": gone.name, "send_again": True})
    assert (given_up.json()["node"]["status"], given_up.json()["sent_again"]) == ("retired", 3)
    offer = await deliveries.claim(db, other.id, 10)
    assert offer is not None
    assert [delivery.delivery_id for delivery in offer.deliveries] == sent


async def test_a_node_that_is_back_serves_again_but_drains_if_it_was_to(
    fleet: Operator, runtime: Runtime, make_node: MakeNode
) -> None:
    node = await make_node()
    await fleet.post(node, "drain")
    await lose(runtime.db, node)
    assert (await fleet.get(node)).json()["lost_since"] is not None
    await nodes.seen(runtime.db, node.id, runtime.clock)
    back = (await fleet.get(node)).json()
    assert (back["status"], back["lost_since"]) == ("draining", None)


async def test_a_silent_node_is_lost_told_of_and_written_of_once(
    runtime: Runtime, db: Database, make_node: MakeNode, system_domain: TenantId
) -> None:
    node = await make_node()
    clock = FixedClock(runtime.clock.now() + timedelta(minutes=2))
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set last_seen_at = now() + interval '1 day' where id <> $1", node.id)
    assert await alarm.lose_silent(db, clock) == [node.id]
    while await alarm.tell_changes(db, clock):
        pass
    assert await told(db, system_domain, node) == ["node.joined", "node.lost"]
    assert await alarm.write_letters(db, clock) == 0, "it may be back in a moment"
    clock.move(timedelta(minutes=5))
    assert (await alarm.write_letters(db, clock), await alarm.write_letters(db, clock)) == (1, 0)
    await nodes.seen(db, node.id, runtime.clock)
    await alarm.tell_changes(db, clock)
    assert await told(db, system_domain, node) == ["node.joined", "node.lost", "node.joined"]


async def told(db: Database, operator: TenantId, node: FleetNode) -> list[str]:
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select type from events where tenant_id = $1 and data ->> 'node_id' = $2 order by at, id",
            operator,
            node.public_id,
        )
    return [row["type"] for row in rows]


async def test_a_node_is_changed_by_whoever_saw_it_last(fleet: Operator, db: Database, make_node: MakeNode) -> None:
    node = await make_node()
    read = await fleet.get(node)
    changed = await fleet.patch(
        node, {"region": "east", "hostname": "mx.else.test"}, **{"If-Match": read.headers["ETag"]}
    )
    assert (changed.status_code, changed.json()["region"]) == (200, "east")
    assert (await told_of_itself(db, node)).hostname == "mx.else.test"
    late = await fleet.patch(node, {"region": "west"}, **{"If-Match": read.headers["ETag"]})
    assert late.status_code == 412
    assert (await fleet.patch(node, {"service_address": "no address"})).json()["errors"][0]["path"] == "service_address"
    other = await make_node()
    taken = await fleet.patch(other, {"hostname": "mx.else.test"})
    assert (taken.status_code, taken.json()["code"]) == (409, "node_conflict")


async def test_a_token_that_was_withdrawn_enrols_nobody(
    client: httpx.AsyncClient, operator: Tenant, make_node: MakeNode
) -> None:
    node = await make_node()
    made = await client.post("/v1/nodes/enrolment-tokens", json={"node_id": node.public_id}, headers=operator.headers)
    withdrawn = await client.delete(f"/v1/nodes/{node.public_id}/enrolment-tokens", headers=operator.headers)
    assert withdrawn.status_code == 204
    enrolled = await client.post(wire.ENROL_PATH, json={"token": made.json()["token"], "agent_version": "test"})
    assert enrolled.json()["code"] == "enrolment_refused"


async def test_a_few_numbers_of_each_node_are_kept_for_its_charts(runtime: Runtime, make_node: MakeNode) -> None:
    node = await make_node()
    beat = wire.Heartbeat(at_ms=1, generation=0, queue={"active": 1, "deferred": 4}, disk_free_bytes=7)
    await nodes.seen(runtime.db, node.id, runtime.clock, beat)
    clock = FixedClock(runtime.clock.now())
    for _ in range(2):
        await history.take_samples(runtime.db, clock)
        clock.move(timedelta(minutes=5))
    async with runtime.db.fleet_tx() as tx:
        kept = await history.samples(tx, node.id, clock, timedelta(hours=1))
        turns = await history.turns(tx, node.id)
    assert [(sample.queued, sample.deferred, sample.disk_free_bytes) for sample in kept] == [(5, 4, 7), (5, 4, 7)]
    assert [(turn.before, turn.after) for turn in turns] == [("enrolling", "ready")]


@pytest.mark.parametrize("act", ["drain", "undrain"])
async def test_what_is_no_node_is_not_found(client: httpx.AsyncClient, operator: Tenant, act: str) -> None:
    answer = await client.post(f"/v1/nodes/{encode('nod', new_uuid())}/{act}", headers=operator.headers)
    assert answer.status_code == 404
