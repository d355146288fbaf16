"""The addresses that nodes call: a tenant's key opens none of them, and a node gets nothing but its own."""

import httpx
import msgspec
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.nodes.service import digests, drift
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail
from tests.control_plane.inbound.handed import hand_up, let_take
from tests.control_plane.link_client import LinkClient, Refused, greeted, linked
from tests.control_plane.nodes.test_link import event, take_all
from tests.isolation.places import World


@pytest.mark.parametrize("whose", ["client", "agency", "operator"])
async def test_no_key_opens_the_link(app: Litestar, world: World, whose: str) -> None:
    key: str = getattr(world, whose).key
    for credential in (key, key.replace("fp_", "fpn_"), ""):
        with pytest.raises(Refused) as refused:
            async with linked(app, credential):
                pass
        assert refused.value.status == 401


async def test_no_key_enrols_a_node(asking: httpx.AsyncClient, world: World) -> None:
    for key in (world.client.key, world.operator.key):
        request = {"token": key, "agent_version": "test"}
        answer = await asking.post(wire.ENROL_PATH, json=request, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 401


async def test_a_nodes_credential_is_no_key(asking: httpx.AsyncClient, make_node: MakeNode) -> None:
    node = await make_node()
    for path in ("/v1/me", "/v1/nodes", f"/v1/nodes/{node.public_id}"):
        answer = await asking.get(path, headers={"Authorization": f"Bearer {node.credential}"})
        assert answer.status_code == 401


async def test_a_node_gets_only_what_is_meant_for_it(
    app: Litestar, db: Database, make_node: MakeNode, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    domains = {await make_domain(await make_tenant(), "acme") for _ in range(3)}
    mine, other = await make_node(), await make_node()
    async with greeted(app, mine.credential) as agent:
        frames = await agent.whole_state()
    given = [change.key for frame in frames for change in frame.changes]
    async with db.fleet_tx() as tx:
        query = "select key from node_items where node_id = $1 and payload is not null"
        rows = await tx.connection.fetch(query, mine.id)
    assert sorted(given) == sorted(row["key"] for row in rows)
    assert domains <= set(given)
    nodes = [change for frame in frames for change in frame.changes if change.kind == "node" and change.payload]
    names = {msgspec.msgpack.decode(each.payload or b"", type=wire.NodeItem).name for each in nodes}
    assert names == {mine.name}
    assert other.name not in names


async def test_a_node_cannot_report_for_what_another_one_holds(
    app: Litestar,
    db: Database,
    make_node: MakeNode,
    make_tenant: MakeTenant,
    make_domain: MakeDomain,
    send_mail: SendMail,
) -> None:
    tenant = await make_tenant()
    holder, liar = await make_node(tenant), await make_node()
    [delivery] = await send_mail(tenant, await make_domain(tenant, "acme"))
    async with greeted(app, holder.credential) as agent:
        offer = await take_all(agent)
        async with greeted(app, liar.credential) as other:
            await other.send(wire.Report(batch=1, events=(event(offer, "message.delivered"),)))
            await other.next(wire.Received)
    async with db.fleet_tx() as tx:
        status = await tx.connection.fetchval(
            "select status from deliveries where id = $1", ids.decode("dlv", delivery)
        )
    assert status == "accepted"


async def generations_of(db: Database, node: FleetNode) -> tuple[int, int]:
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow(
            "select generation_desired, generation_applied from nodes where id = $1", node.id
        )
    assert row is not None
    return row["generation_desired"], row["generation_applied"]


async def answered(agent: LinkClient) -> None:
    """Wait until everything that was said before is dealt with."""
    await agent.send(wire.Report(batch=9, events=()))
    await agent.next(wire.Received)


async def test_a_node_cannot_take_what_was_offered_to_another(
    app: Litestar, make_node: MakeNode, make_tenant: MakeTenant, make_domain: MakeDomain, send_mail: SendMail
) -> None:
    tenant = await make_tenant()
    holder, thief = await make_node(tenant), await make_node()
    await send_mail(tenant, await make_domain(tenant, "acme"))
    async with greeted(app, holder.credential) as agent, greeted(app, thief.credential) as other:
        await agent.send(wire.Credit(deliveries=10))
        offer = await agent.next(wire.Offer)
        await other.send(wire.Take(lease_id=offer.lease_id))
        assert not (await other.next(wire.Taken)).yours
        await agent.send(wire.Take(lease_id=offer.lease_id))
        assert (await agent.next(wire.Taken)).yours


async def test_a_node_that_sends_for_nobody_is_offered_nothing_however_much_credit_it_gives(
    app: Litestar, make_node: MakeNode, make_tenant: MakeTenant, make_domain: MakeDomain, send_mail: SendMail
) -> None:
    tenant = await make_tenant()
    holder, greedy = await make_node(tenant), await make_node()
    await send_mail(tenant, await make_domain(tenant, "acme"))
    async with greeted(app, greedy.credential) as other:
        for _ in range(200):
            await other.send(wire.Credit(deliveries=2**62))
        await answered(other)
        assert not any(isinstance(frame, wire.Offer) for frame in other.kept)
    async with greeted(app, holder.credential) as agent:
        await agent.send(wire.Credit(deliveries=10))
        assert (await agent.next(wire.Offer)).deliveries


async def test_an_event_that_names_another_tenant_is_left_out(
    app: Litestar,
    db: Database,
    make_node: MakeNode,
    make_tenant: MakeTenant,
    make_domain: MakeDomain,
    send_mail: SendMail,
) -> None:
    tenant, victim = await make_tenant(), await make_tenant()
    node = await make_node(tenant)
    await send_mail(tenant, await make_domain(tenant, "acme"))
    async with greeted(app, node.credential) as agent:
        offer = await take_all(agent)
        said = event(offer, "message.delivered")
        lie = msgspec.structs.replace(said, tenant_id=ids.encode("ten", victim.id))
        await agent.send(wire.Report(batch=1, events=(lie,)))
        await agent.next(wire.Received)
    async with db.fleet_tx() as tx:
        stored = await tx.connection.fetchval(
            "select count(*) from events where tenant_id = $1 or id = $2", victim.id, ids.from_bare(lie.id)
        )
    assert stored == 0


async def test_what_a_node_says_of_itself_is_said_of_no_other(app: Litestar, db: Database, make_node: MakeNode) -> None:
    liar, other = await make_node(), await make_node()
    before = await generations_of(db, other)
    quarantined = wire.Quarantined(kind="node", key="self", tenant_id=None, reason="a lie")
    async with greeted(app, liar.credential) as agent:
        await agent.whole_state()
        await agent.send(wire.Applied(generation=2**63, quarantined=(quarantined,)))
        await agent.send(wire.Heartbeat(at_ms=0, generation=2**63, versions={"agent": "liar"}))
        await answered(agent)
    async with db.fleet_tx() as tx:
        said_of_other = await tx.connection.fetchrow(
            """select n.heartbeat::text as heartbeat, i.quarantined from nodes n
               join node_items i on i.node_id = n.id and i.kind = 'node' where n.id = $1""",
            other.id,
        )
    assert said_of_other is not None
    assert "liar" not in said_of_other["heartbeat"]
    assert said_of_other["quarantined"] is None
    assert await generations_of(db, other) == before


async def test_digests_bring_a_node_nothing_of_tenants_that_it_does_not_know(
    db: Database, make_node: MakeNode, make_tenant: MakeTenant
) -> None:
    node, stranger = await make_node(), await make_tenant()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "delete from placements where node_id = $1 and tenant_id = $2", node.id, stranger.id
        )
    name = ids.encode("ten", stranger.id)
    assert await digests.items_of(db, node.id, name) == ()


async def test_a_node_reports_drift_of_itself_only_and_no_more_than_is_kept(
    app: Litestar, db: Database, make_node: MakeNode
) -> None:
    noisy, other = await make_node(), await make_node()
    found = tuple(wire.Drift(service="users", what=str(number)) for number in range(500))
    async with greeted(app, noisy.credential) as agent:
        for _ in range(20):
            await agent.send(wire.Drifted(found=found))
        await answered(agent)

        async def kept() -> bool:
            async with db.fleet_tx() as tx:
                return len(await drift.of_node(tx, noisy.id)) == drift.MOST_KEPT

        await agent.until(kept)
    async with db.fleet_tx() as tx:
        assert await drift.of_node(tx, other.id) == []


async def test_a_flood_is_answered_in_turn_and_another_node_goes_on(app: Litestar, make_node: MakeNode) -> None:
    flooding, other = await make_node(), await make_node()
    async with greeted(app, flooding.credential) as agent, greeted(app, other.credential) as bystander:
        for number in range(300):
            await agent.send(wire.Take(lease_id=str(number)))
            await agent.send(wire.Credit(deliveries=1))
            await agent.send(wire.Heartbeat(at_ms=number, generation=0))
        await answered(bystander)
        for _ in range(300):
            assert not (await agent.next(wire.Taken)).yours


async def test_mail_is_handed_up_only_for_domains_that_the_node_was_told_to_take(
    asking: httpx.AsyncClient, db: Database, make_node: MakeNode
) -> None:
    taker, liar = await make_node(), await make_node()
    await let_take(db, taker)
    answer = await hand_up(asking, liar)
    assert answer.status_code == 400
    assert "takes no mail in" in answer.text
    assert (await hand_up(asking, taker)).status_code == 204
    assert (await hand_up(asking, taker, recipient="ceo@bank.test")).status_code == 400
