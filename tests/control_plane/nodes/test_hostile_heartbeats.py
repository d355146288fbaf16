"""What a node in foreign hands says spoils neither other nodes' figures nor what is answered about the fleet."""

from datetime import timedelta

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.nodes import service
from control_plane.nodes.link import bounds
from control_plane.nodes.service import history
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, give_pool

HUGE = 2**63 - 1
BEATS = {
    "huge": wire.Heartbeat(
        at_ms=HUGE,
        generation=HUGE,
        queue={"deferred": HUGE, "active": HUGE, "hold": HUGE},
        spool_events=HUGE,
        disk_free_bytes=HUGE,
        disk_total_bytes=HUGE,
        inbound_waiting=HUGE,
        rspamd={"scanned": HUGE, "reject": HUGE},
        certificates={"held": HUGE, "days_left": HUGE},
        destinations=(wire.QueueGroup("else.test", "generic", (HUGE, HUGE, HUGE, HUGE, HUGE, HUGE)),),
        reactions=(wire.Reaction(ip_id="", provider="", rule="", action="", until_ms=HUGE),),
        warmup_sent={"ip_x": {"generic": HUGE}},
    ),
    "negative": wire.Heartbeat(
        at_ms=-HUGE,
        generation=-HUGE,
        queue={"deferred": -HUGE, "active": -HUGE},
        spool_events=-HUGE,
        disk_free_bytes=-HUGE,
        disk_total_bytes=-HUGE,
        inbound_waiting=-HUGE,
        rspamd={"scanned": -HUGE},
        certificates={"held": -HUGE, "days_left": -HUGE},
        destinations=(wire.QueueGroup("", "", (-HUGE, -HUGE, -HUGE, -HUGE, -HUGE, -HUGE)),),
        reactions=(wire.Reaction(ip_id="", provider="", rule="", action="", until_ms=-HUGE),),
    ),
    "odd": wire.Heartbeat(
        at_ms=0,
        generation=0,
        queue={"": 1, "</script>": 2},
        versions={"<b>": "<script>alert(1)</script>"},
        certificates={"held": 0, "days_left": 0},
        errors=("<script>alert(1)</script>",) * 5,
        destinations=(wire.QueueGroup("<script>alert(1)</script>", "\"'><x", (0, 0, 0, 0, 0, 0)),),
        reactions=(wire.Reaction(ip_id="<i>", provider="<i>", rule="<i>", action="<i>", until_ms=0),),
    ),
}


@pytest.fixture
async def enemy(tenant: Tenant, make_node: MakeNode, runtime: Runtime) -> FleetNode:
    """A node with an address."""
    node = await make_node()
    await give_pool(runtime.db, tenant, node)
    return node


async def say(runtime: Runtime, node: FleetNode, beat: wire.Heartbeat) -> None:
    """Have a heartbeat written down as the link does."""
    kept = bounds.within(beat, 1000)
    assert isinstance(kept, wire.Heartbeat)
    await service.heard(runtime.db, {node.id: kept}, runtime.clock)


@pytest.mark.parametrize("name", BEATS)
async def test_what_operators_ask_for_is_answered(
    client: httpx.AsyncClient, runtime: Runtime, operator: Tenant, enemy: FleetNode, name: str
) -> None:
    await say(runtime, enemy, BEATS[name])
    ips = await client.get(f"/v1/ips?node_id={enemy.public_id}", headers=operator.headers)
    assert ips.status_code == 200, ips.text
    for path in (f"/v1/ips/{ips.json()['data'][0]['id']}", f"/v1/nodes/{enemy.public_id}", "/v1/nodes",
                 f"/v1/nodes/{enemy.public_id}/queue", "/v1/ip-pools"):  # fmt: skip
        answer = await client.get(path, headers=operator.headers)
        assert answer.status_code == 200, f"{path}: {answer.text}"


@pytest.mark.parametrize("name", BEATS)
async def test_other_nodes_figures_are_kept(
    runtime: Runtime, db: Database, make_node: MakeNode, enemy: FleetNode, name: str
) -> None:
    good = await make_node()
    await say(runtime, good, wire.Heartbeat(at_ms=0, generation=0, queue={"deferred": 3, "active": 4}))
    await say(runtime, enemy, BEATS[name])
    await service.applied(db, enemy.id, BEATS[name].generation, ())
    await history.take_samples(db, runtime.clock)
    async with db.fleet_tx() as tx:
        samples = await history.samples(tx, good.id, runtime.clock, timedelta(hours=1))
    assert (samples[-1].queued, samples[-1].deferred) == (7, 3)


async def test_no_node_is_further_than_it_can_be(runtime: Runtime, db: Database, enemy: FleetNode) -> None:
    await service.applied(db, enemy.id, HUGE, ())
    async with db.fleet_tx() as tx:
        node = await service.get(tx, enemy.id)
    assert node.generation_applied == node.generation_desired
