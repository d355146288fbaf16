"""A node whose clock is wrong by an hour is served like any other, and operators are told."""

import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.nodes import service as nodes
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.link_client import greeted
from tests.control_plane.nodes.test_link import event, states, take_all

HOUR_MS = 3_600_000


@pytest.mark.parametrize("off_ms", [-HOUR_MS, HOUR_MS])
async def test_what_it_reports_is_stored_with_its_own_time_and_in_its_own_order(
    app: Litestar,
    db: Database,
    make_node: MakeNode,
    send_mail: SendMail,
    tenant: Tenant,
    domain: str,
    off_ms: int,
) -> None:
    node = await make_node(tenant)
    [delivery] = await send_mail(tenant, domain)
    async with greeted(app, node.credential) as agent:
        offer = await take_all(agent)
        at_ms = ids.time_ms_of(ids.new_uuid()) + off_ms
        events = event(offer, "message.queued", at_ms=at_ms), event(offer, "message.delivered", at_ms=at_ms + 5)
        await agent.send(wire.Report(batch=1, events=events))
        await agent.next(wire.Received)
    assert await states(db, [delivery]) == ["delivered"]
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select type, (extract(epoch from at) * 1000)::bigint as at_ms from events
               where delivery_id = $1 and type <> 'message.accepted' order by at""",
            ids.decode("dlv", delivery),
        )
    assert [(row["type"], row["at_ms"]) for row in rows] == [
        ("message.queued", at_ms),
        ("message.delivered", at_ms + 5),
    ]


@pytest.mark.parametrize(
    ("off_seconds", "is_wrong"), [(0, False), (29, False), (-29, False), (31, True), (-3600, True)]
)
async def test_operators_see_by_how_much_a_clock_is_off(
    runtime: Runtime, make_node: MakeNode, off_seconds: int, is_wrong: bool
) -> None:
    node, now = await make_node(), runtime.clock.now()
    clock = FixedClock(now)
    beat = wire.Heartbeat(at_ms=int(now.timestamp() * 1000) + off_seconds * 1000, generation=0)
    await nodes.heard(runtime.db, {node.id: beat}, clock)
    async with runtime.db.fleet_tx() as tx:
        condition = (await nodes.conditions(tx))[node.public_id]
    assert (condition.clock_off_seconds, condition.clock_is_wrong) == (off_seconds, is_wrong)


async def test_a_node_that_has_not_said_is_not_called_wrong(runtime: Runtime, make_node: MakeNode) -> None:
    node = await make_node()
    async with runtime.db.fleet_tx() as tx:
        condition = (await nodes.conditions(tx))[node.public_id]
    assert (condition.clock_off_seconds, condition.clock_is_wrong) == (None, False)
