"""The addresses that nodes call: a tenant's key opens none of them, and a node gets nothing but its own."""

import httpx
import msgspec
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.database import Database
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.link_client import Refused, greeted, linked
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
    app: Litestar, db: Database, make_node: MakeNode, make_tenant: MakeTenant
) -> None:
    mine, other = await make_node(), await make_node()
    async with greeted(app, mine.credential) as agent:
        frames = await agent.whole_state()
    given = [change.key for frame in frames for change in frame.changes]
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch("select key from node_items where node_id = $1", mine.id)
    assert sorted(given) == sorted(row["key"] for row in rows)
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
