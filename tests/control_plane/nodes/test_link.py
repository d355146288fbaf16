"""A node's connection from enrolment to reports, over the real application."""

import msgspec
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.nodes import service as nodes
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail
from tests.control_plane.link_client import LinkClient, Refused, greeted, linked


def event(offer: wire.Offer, kind: str, *, delivery: int = 0, at_ms: int | None = None) -> wire.Event:
    """Report something of one delivery of an offer."""
    offered = offer.deliveries[delivery]
    envelope = msgspec.msgpack.decode(offer.messages[offered.message].envelope, type=wire.Envelope)
    event_id = ids.new_uuid(at_ms)
    return wire.Event(
        id=ids.bare(event_id),
        type=kind,
        at_ms=ids.time_ms_of(event_id),
        tenant_id=envelope.tenant_id,
        message_id=envelope.message_id,
        delivery_id=offered.delivery_id,
        recipient=offered.recipient,
        attempt=1,
        queue_id="4fKx2z3jQzz1",
        reply="250 2.0.0 Ok: queued as 12345",
    )


async def take_all(agent: LinkClient, credit: int = 100) -> wire.Offer:
    """Give credit, wait for an offer and take it."""
    await agent.send(wire.Credit(deliveries=credit))
    offer = await agent.next(wire.Offer)
    await agent.send(wire.Take(lease_id=offer.lease_id))
    assert (await agent.next(wire.Taken)).yours
    return offer


async def test_a_credential_that_is_not_known_is_answered_with_401(app: Litestar) -> None:
    with pytest.raises(Refused) as refused:
        async with linked(app, "fpn_" + "0" * 56):
            pass
    assert refused.value.status == 401


async def test_a_new_node_gets_a_snapshot_that_begins_with_what_it_is(app: Litestar, make_node: MakeNode) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        frames = await agent.whole_state()
    assert frames[0].snapshot
    [itself] = [change for frame in frames for change in frame.changes if change.kind == "node"]
    assert itself.payload is not None
    assert msgspec.msgpack.decode(itself.payload, type=wire.NodeItem).name == node.name


async def test_a_change_reaches_a_connected_node_as_a_delta(
    app: Litestar, make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        known = (await agent.whole_state())[-1].generation
        await publish_domain(db, tenant, "delta.test")
        [delta] = await agent.whole_state()
    assert not delta.snapshot
    assert delta.generation == known + 1
    assert [(change.kind, change.key) for change in delta.changes] == [("domain", "delta.test")]


async def test_a_node_that_was_away_gets_only_what_it_missed(
    app: Litestar, make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        known = (await agent.whole_state())[-1].generation
    await publish_domain(db, tenant, "missed.test")
    await publish_domain(db, tenant, "missed.test", gone=True)
    async with greeted(app, node.credential, generation=known) as agent:
        [delta] = await agent.whole_state()
    assert [(change.key, change.payload) for change in delta.changes] == [("missed.test", None)]
    assert delta.generation == known + 2


async def test_a_node_ahead_of_us_gets_a_snapshot_without_what_was_deleted(
    app: Litestar, make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    node = await make_node()
    await publish_domain(db, tenant, "gone.test")
    await publish_domain(db, tenant, "gone.test", gone=True)
    async with greeted(app, node.credential, generation=1_000_000) as agent:
        frames = await agent.whole_state()
    assert frames[0].snapshot
    assert "gone.test" not in {change.key for frame in frames for change in frame.changes}


async def test_what_was_applied_and_what_was_refused_is_written_down(
    app: Litestar, make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    node = await make_node()
    await publish_domain(db, tenant, "odd.test")
    async with greeted(app, node.credential) as agent:
        generation = (await agent.whole_state())[-1].generation
        refused = wire.Quarantined(kind="domain", key="odd.test", tenant_id=None, reason="odd")
        await agent.send(wire.Applied(generation=generation, quarantined=(refused,)))
        await agent.send(wire.Credit(deliveries=0))
        await agent.send(wire.Heartbeat(at_ms=0, generation=generation, versions={"postfix": "3.7.11"}))
        await until_heartbeat(db, node)
    async with db.fleet_tx() as tx:
        shown = await nodes.get(tx, node.id)
        why = await tx.connection.fetchval(
            "select quarantined from node_items where node_id = $1 and key = 'odd.test'", node.id
        )
    assert (shown.status, shown.generation_applied, shown.versions) == ("ready", generation, {"postfix": "3.7.11"})
    assert why == "odd"


async def test_what_a_node_itself_lacks_is_over_when_it_says_no_more_of_it(
    make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    node = await make_node()
    await publish_domain(db, tenant, "odd.test")
    lacks = wire.Quarantined(kind="node", key="self", tenant_id=None, reason="postfix: it does not answer")
    refused = wire.Quarantined(kind="domain", key="odd.test", tenant_id=None, reason="odd")
    for said, known in (((lacks, refused), {"node", "domain"}), ((lacks,), {"node", "domain"}), ((), {"domain"})):
        await nodes.applied(db, node.id, 2**40, said)
        async with db.fleet_tx() as tx:
            assert {item.kind for item in await nodes.quarantined(tx, node.id)} == known


async def test_mail_that_is_accepted_while_a_node_waits_is_offered_taken_and_reported(
    app: Litestar, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, db: Database
) -> None:
    node = await make_node(tenant)
    async with greeted(app, node.credential) as agent:
        await agent.send(wire.Credit(deliveries=10))
        sent = await send_mail(tenant, domain, recipients=3)
        offer = await agent.next(wire.Offer)
        assert sorted(offered.delivery_id for offered in offer.deliveries) == sorted(sent)
        assert len(offer.messages) == 1
        content = msgspec.msgpack.decode(offer.messages[0].content, type=wire.Content)
        assert content.subject == "Hello"
        await agent.send(wire.Take(lease_id=offer.lease_id))
        assert (await agent.next(wire.Taken)).yours
        events = tuple(event(offer, "message.delivered", delivery=number) for number in range(3))
        await agent.send(wire.Report(batch=7, events=events))
        assert (await agent.next(wire.Received)).batch == 7
    assert await states(db, sent) == ["delivered"] * 3


async def test_credit_bounds_what_is_offered(
    app: Litestar, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain, recipients=5)
    async with greeted(app, node.credential) as agent:
        await agent.send(wire.Credit(deliveries=2))
        assert len((await agent.next(wire.Offer)).deliveries) == 2
        await agent.send(wire.Credit(deliveries=2))
        assert len((await agent.next(wire.Offer)).deliveries) == 2


async def test_a_repeated_report_is_received_again_and_changes_nothing(
    app: Litestar, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, db: Database
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain)
    async with greeted(app, node.credential) as agent:
        offer = await take_all(agent)
        report = wire.Report(batch=1, events=(event(offer, "message.queued"),))
        await agent.send(report)
        await agent.next(wire.Received)
    async with greeted(app, node.credential) as agent:
        await agent.send(report)
        await agent.next(wire.Received)
    async with db.fleet_tx() as tx:
        stored = await tx.connection.fetchval(
            "select count(*) from events where tenant_id = $1 and type = 'message.queued'", tenant.id
        )
    assert stored == 1


async def test_a_newer_connection_ends_the_older_one(app: Litestar, make_node: MakeNode) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as older:
        await older.whole_state()
        async with greeted(app, node.credential) as newer:
            assert (await older.end()).code == 4409
            assert await newer.whole_state()


async def test_enrolling_again_ends_the_old_credential(app: Litestar, make_node: MakeNode, runtime: Runtime) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        async with runtime.db.fleet_tx() as tx:
            token = await nodes.new_enrolment_token(tx, node.id, runtime.clock)
        request = wire.EnrolRequest(token=token.token, agent_version="test")
        reply = await nodes.enrol(runtime.db, request, runtime.clock)
        assert (await agent.end()).code == 4409
    with pytest.raises(Refused):
        async with linked(app, node.credential):
            pass
    async with greeted(app, reply.credential) as agent:
        assert await agent.whole_state()


@pytest.mark.parametrize("data", [b"", b"\xc1", wire.encode({"type": "Hello"}), wire.encode([1, 2])])
async def test_a_frame_that_cannot_be_read_ends_the_connection(app: Litestar, make_node: MakeNode, data: bytes) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        await agent.send_bytes(data)
        assert (await agent.end()).code == 4400


@pytest.mark.parametrize(("version", "oldest"), [(0, 0), (99, 98)])
async def test_an_agent_that_has_no_version_in_common_with_us_is_told_so(
    app: Litestar, make_node: MakeNode, version: int, oldest: int
) -> None:
    node = await make_node()
    hello = wire.Hello(wire_version=version, oldest_wire_version=oldest, agent_version="far", generation=0)
    async with linked(app, node.credential) as agent:
        await agent.send(hello)
        assert (await agent.end()).code == 4426


async def test_a_frame_of_a_kind_that_is_not_known_yet_is_passed_over(app: Litestar, make_node: MakeNode) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        await agent.send_bytes(wire.encode({"type": "Tomorrow", "whatever": 1}))
        await agent.send(wire.Report(batch=7, events=()))
        assert await agent.next(wire.Received) == wire.Received(batch=7)


# --- Helpers ----------------------------------------------------------------------------------------------------------


async def publish_domain(db: Database, tenant: Tenant, name: str, *, gone: bool = False) -> None:
    """Publish a domain item as its feature would."""
    from control_plane.nodes.schemas import ALL_ROLES, ItemChange

    item = None if gone else wire.DomainItem(name=name, return_domain=f"bounce.{name}")
    async with db.fleet_tx() as tx:
        await nodes.publish(tx, tenant.id, [ItemChange(kind="domain", key=name, item=item)], ALL_ROLES)


async def until_heartbeat(db: Database, node: FleetNode) -> None:
    """Wait until the node's heartbeat is written."""
    import asyncio

    async with asyncio.timeout(5):
        while True:
            async with db.fleet_tx() as tx:
                if (await nodes.get(tx, node.id)).versions:
                    return
            await asyncio.sleep(0.01)


async def states(db: Database, delivery_ids: list[str]) -> list[str]:
    """Read the states that deliveries are in."""
    wanted = [ids.decode("dlv", delivery_id) for delivery_id in delivery_ids]
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch("select status from deliveries where id = any ($1)", wanted)
    return [row["status"] for row in rows]
