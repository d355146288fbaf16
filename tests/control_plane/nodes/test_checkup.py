"""A connected node is asked what it has, and sent anew what is another than it should be."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.nodes.link import checkup
from control_plane.nodes.service import drift
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.link_client import LinkClient, greeted, linked
from tests.control_plane.nodes.test_digests import as_the_agent_says, publish

BEAT = wire.Heartbeat(at_ms=0, generation=1)


_BEAT_SECONDS = 0.5


@pytest.fixture
def due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask with the first heartbeat, and again with the next one where nothing could be said."""
    monkeypatch.setattr(checkup, "FIRST", timedelta())
    monkeypatch.setattr(checkup, "AGAIN", timedelta())


async def asked(agent: LinkClient) -> None:
    """Beat until the question comes: while an answer is still being looked at, a beat leads to none."""
    asking = asyncio.ensure_future(agent.next(wire.AskDigests))
    while not asking.done():
        await agent.send(BEAT)
        await asyncio.wait([asking], timeout=_BEAT_SECONDS)
    asking.result()


async def nothing_else_came(agent: LinkClient) -> bool:
    """Say something that is answered, and look that nothing was said before the answer."""
    await agent.send(wire.Report(batch=1, events=()))
    await agent.next(wire.Received)
    return not any(isinstance(frame, wire.Changes) for frame in agent.kept)


async def told(db: Database, node: FleetNode) -> list[drift.FoundDrift]:
    async with db.fleet_tx() as tx:
        return await drift.of_node(tx, node.id)


@pytest.mark.usefixtures("due_at_once")
async def test_a_tenant_that_differs_is_sent_anew_and_told(
    app: Litestar, db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node, name = await make_node(), ids.encode("ten", tenant.id)
    await publish(db, tenant, "drift.test")
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        await asked(agent)
        said = await as_the_agent_says(db, node)
        await agent.send(msgspec.structs.replace(said, digests=said.digests | {name: "0" * 64}))
        [anew] = await agent.whole_state()
        await asked(agent)  # whether it is as it should be now
    assert anew.of_tenants == (name,)
    assert [(each.kind, each.key) for each in anew.changes] == [("domain", "drift.test")]
    assert [(each.service, each.tenant_id) for each in await told(db, node)] == [("desired state", name)]


@pytest.mark.usefixtures("due_at_once")
async def test_what_is_nobodys_is_taken_away_and_the_nodes_own_is_sent_anew(
    app: Litestar, db: Database, make_node: MakeNode
) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        await asked(agent)
        said = await as_the_agent_says(db, node)
        await agent.send(msgspec.structs.replace(said, digests=said.digests | {"": "0" * 64, "eve": "0" * 64}))
        anew = {frame.of_tenants: frame.changes for _ in range(2) for frame in await agent.whole_state()}
    assert anew["eve",] == ()
    assert ("node", "self") in [(each.kind, each.key) for each in anew["",]]


@pytest.mark.usefixtures("due_at_once")
async def test_a_node_that_has_what_it_should_have_is_left_alone(
    app: Litestar, db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node()
    await publish(db, tenant, "same.test")
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        await asked(agent)
        await agent.send(await as_the_agent_says(db, node))
        assert await nothing_else_came(agent)
    assert await told(db, node) == []


async def test_an_answer_that_nobody_asked_for_is_passed_over(
    app: Litestar, db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node()
    await publish(db, tenant, "unasked.test")
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        generation = (await as_the_agent_says(db, node)).generation
        for _ in range(100):
            await agent.send(wire.Digests(generation=generation, digests={}))
        assert await nothing_else_came(agent)


@pytest.mark.usefixtures("due_at_once")
async def test_an_agent_of_the_first_version_is_not_asked(app: Litestar, make_node: MakeNode) -> None:
    node = await make_node()
    async with linked(app, node.credential) as agent:
        await agent.send(wire.Hello(wire_version=1, agent_version="old", generation=0))
        await agent.whole_state()
        await agent.send(BEAT)
        assert await nothing_else_came(agent)
        assert not any(isinstance(frame, wire.AskDigests) for frame in agent.kept)


async def test_what_the_agent_found_itself_is_written_down(
    app: Litestar, db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node, name = await make_node(), ids.encode("ten", tenant.id)
    found = wire.Drift(service="users", what="ann@acme.test", tenant_id=name)
    async with greeted(app, node.credential) as agent:
        await agent.whole_state()
        await agent.send(wire.Drifted(found=(found,)))
        await agent.until(lambda: told(db, node))
    assert [(each.service, each.what, each.tenant_id) for each in await told(db, node)] == [
        ("users", "ann@acme.test", name)
    ]
