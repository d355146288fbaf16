"""Roll-outs over the real link: what agents know, tell and are sent."""

import msgspec
from litestar import Litestar

from control_plane.core.ids import decode
from control_plane.nodes import service as nodes
from control_plane.rollouts import service
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.link_client import greeted
from tests.control_plane.nodes.test_link import event, take_all
from tests.control_plane.rollouts.fleet import PROBE, Fleet, all_linked, slower


async def next_item(fleet: Fleet, name: str) -> wire.DaemonsItem:
    """Wait until a node is sent how its daemons are to be configured."""
    while True:
        for frame in await fleet.links[name].whole_state():
            for change in frame.changes:
                if change.kind == "daemons" and change.payload is not None:
                    return msgspec.msgpack.decode(change.payload, type=wire.DaemonsItem)


async def test_a_node_is_sent_the_change_and_what_it_tells_ends_it(app: Litestar, fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("81s"), probe_address=PROBE)
    async with all_linked(app, fleet):
        await fleet.links["a"].whole_state()
        await fleet.look(rollout)
        item = await next_item(fleet, "a")
        assert item.probe is not None
        assert (item.release, item.postfix, item.probe.recipient) == (rollout.id, {"smtp_helo_timeout": "81s"}, PROBE)

        generation = await nodes.desired_generation(fleet.db, fleet.members["a"].id)
        link = fleet.links["a"]
        await link.send(wire.Configured(generation=generation, release=rollout.id, service="postfix", diff="-a\n+b\n"))
        await link.send(wire.Configured(generation=generation, release=rollout.id, service="postfix", diff="-a\n+b\n"))
        await link.send(wire.Applied(generation=generation))
        await link.send(wire.Probed(release=rollout.id, number=item.probe.number, delivered=False, reply="451 no"))

        async def turned() -> bool:
            return (await fleet.look(rollout)).status == "rolling_back"

        await link.until(turned)
    async with fleet.db.fleet_tx() as tx:
        told = (await service.diffs(tx, decode(service.PREFIX, rollout.id))).data
    assert [(each.service, each.diff, each.problem) for each in told] == [("postfix", "-a\n+b\n", None)]


async def test_agents_say_which_revisions_they_know(app: Litestar, fleet: Fleet) -> None:
    async with all_linked(app, fleet, renderers=(1, 9)):
        rollout = await fleet.start(kind="renderer", daemons=None, renderer=9)
    assert rollout.status == "running"


async def test_a_node_tells_of_nobody_elses_roll_out(fleet: Fleet, make_node: MakeNode) -> None:
    rollout = await fleet.start(daemons=slower("82s"))
    await fleet.look(rollout)
    stranger = await make_node()
    frame = wire.Configured(generation=1, release=rollout.id, service="postfix", diff="+x", problem="lies")
    await service.configured(fleet.db, stranger.id, frame, fleet.clock)
    await service.probed(fleet.db, stranger.id, wire.Probed(release=rollout.id, number=1, delivered=False, reply=""))

    async with fleet.db.fleet_tx() as tx:
        assert (await service.diffs(tx, decode(service.PREFIX, rollout.id))).data == ()
    assert (await fleet.look(rollout)).status == "running"


async def test_what_a_node_makes_up_is_not_kept(fleet: Fleet) -> None:
    rollout = await fleet.start(daemons=slower("83s"))
    await fleet.look(rollout)
    for generation, named in ((10**15, "postfix"), (1, "post fix"), (1, "x" * 41), (-1, "")):
        frame = wire.Configured(generation=generation, release=rollout.id, service=named, diff="+x")
        await service.configured(fleet.db, fleet.members["a"].id, frame, fleet.clock)
    async with fleet.db.fleet_tx() as tx:
        assert (await service.diffs(tx, decode(service.PREFIX, rollout.id))).data == ()


async def test_what_became_of_its_mail_is_counted_once(
    app: Litestar, fleet: Fleet, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    await send_mail(tenant, domain, recipients=2)
    async with greeted(app, node.credential) as agent:
        offer = await take_all(agent)
        events = (event(offer, "message.deferred"), event(offer, "message.delivered", delivery=1))
        for batch in (1, 2):
            await agent.send(wire.Report(batch=batch, events=events))
            await agent.next(wire.Received)
    async with fleet.db.fleet_tx() as tx:
        counted = await tx.connection.fetchrow(
            "select sum(delivered) as delivered, sum(deferred) as deferred from node_results where node_id = $1",
            node.id,
        )
    assert counted is not None
    assert tuple(counted.values()) == (1, 1)
