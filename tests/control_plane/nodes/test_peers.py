"""What nodes are told of each other."""

import msgspec
import pytest
from litestar import Litestar

from control_plane.core.runtime import Runtime
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import NodeChange
from control_plane.nodes.service import peers
from tenant_agent import wire
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.link_client import linked
from tests.tenant_agent.peers.certificates import pem_for


async def known_to(runtime: Runtime, node: FleetNode) -> dict[str, wire.Peer]:
    """Give whom a node is told of, of the nodes that this test made, by name."""
    await peers.publish(runtime.db)
    async with runtime.db.fleet_tx() as tx:
        payload = await tx.connection.fetchval(
            "select payload from node_items where node_id = $1 and kind = 'peers' and key = 'self'", node.id
        )
    item = wire.PeersItem(peers=()) if payload is None else msgspec.msgpack.decode(payload, type=wire.PeersItem)
    return {peer.node_id: peer for peer in item.peers}


async def greet(app: Litestar, node: FleetNode, certificate: str) -> None:
    async with linked(app, node.credential) as client:
        hello = wire.Hello(
            wire_version=wire.WIRE_VERSION, agent_version="test", generation=0, fleet_certificate=certificate
        )
        await client.send(hello)
        await client.next(wire.Welcome)


async def test_nodes_with_mail_learn_each_others_certificates(
    app: Litestar, runtime: Runtime, make_node: MakeNode
) -> None:
    first, second, sending = await make_node(), await make_node(roles=("mx",)), await make_node(roles=("outbound",))
    pem = pem_for(second.public_id)
    await greet(app, second, pem)
    await greet(app, sending, pem_for(sending.public_id))
    known = await known_to(runtime, first)
    assert known[second.public_id].certificate == pem
    assert known[second.public_id].roles == ("mx",)
    assert first.public_id not in known
    assert sending.public_id not in known
    assert not await known_to(runtime, sending)
    assert second.public_id not in await known_to(runtime, second)


async def test_a_hostile_node_names_only_its_own_certificate(
    app: Litestar, runtime: Runtime, make_node: MakeNode
) -> None:
    first, second, hostile = await make_node(), await make_node(), await make_node()
    await greet(app, hostile, pem_for(second.public_id))
    assert hostile.public_id not in await known_to(runtime, first)


@pytest.mark.parametrize("garbage", ["x", "-----BEGIN CERTIFICATE-----\n" * 50, "\0\N{SNOWMAN}", "x" * 10_000_000])
async def test_garbage_is_passed_over_and_what_was_there_stays(
    app: Litestar, runtime: Runtime, make_node: MakeNode, garbage: str
) -> None:
    first, second = await make_node(), await make_node()
    pem = pem_for(second.public_id)
    await greet(app, second, pem)
    await greet(app, second, garbage)
    assert (await known_to(runtime, first))[second.public_id].certificate == pem


async def test_the_same_again_changes_nothing(app: Litestar, runtime: Runtime, make_node: MakeNode) -> None:
    first, second = await make_node(), await make_node()
    pem = pem_for(second.public_id)
    await greet(app, second, pem)
    await known_to(runtime, first)
    before = await nodes.desired_generation(runtime.db, first.id)
    await greet(app, second, pem)
    await known_to(runtime, first)
    assert await nodes.desired_generation(runtime.db, first.id) == before


async def test_who_moves_is_told_of_and_who_is_gone_is_not(
    app: Litestar, runtime: Runtime, make_node: MakeNode
) -> None:
    first, second = await make_node(), await make_node()
    await greet(app, second, pem_for(second.public_id))
    async with runtime.db.fleet_tx() as tx:
        await nodes.change(tx, second.id, NodeChange(service_address="192.0.2.77"), None)
    assert (await known_to(runtime, first))[second.public_id].service_address == "192.0.2.77"
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'lost' where id = $1", second.id)
    assert second.public_id in await known_to(runtime, first)
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'retired' where id = $1", second.id)
    assert second.public_id not in await known_to(runtime, first)


async def test_a_node_that_only_sends_from_now_on_forgets_the_others(
    app: Litestar, runtime: Runtime, make_node: MakeNode
) -> None:
    first, second = await make_node(), await make_node()
    await greet(app, second, pem_for(second.public_id))
    assert second.public_id in await known_to(runtime, first)
    async with runtime.db.fleet_tx() as tx:
        await nodes.change(tx, first.id, NodeChange(roles=("outbound",)), None)
    assert not await known_to(runtime, first)
