"""A bounce on its way from a node to the delivery that it is about, through the same door as other mail."""

import httpx
from litestar import Litestar

from control_plane.bounces.return_path import ReturnPaths
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.inbound import service as inbound
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from control_plane.worker import INBOUND
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.bounces.conftest import LetOut
from tests.control_plane.bounces.letters import dsn
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail
from tests.control_plane.inbound.handed import hand_up
from tests.control_plane.link_client import greeted


async def node_with(db: Database, make_node: MakeNode, domain: str) -> FleetNode:
    """Make a node that takes mail in, and has a domain."""
    node = await make_node()
    item = wire.DomainItem(name=domain, return_domain=f"{wire.RETURN_LABEL}.{domain}")
    async with db.fleet_tx() as tx:
        await nodes.publish_own(tx, node.id, [ItemChange(kind="domain", key=domain, item=item)])
    return node


async def test_what_a_node_is_offered_bears_return_paths_that_are_known_again(
    app: Litestar, runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    [sent] = await send_mail(tenant, domain)
    async with greeted(app, node.credential) as client:
        await client.send(wire.Credit(deliveries=1))
        offer = await client.next(wire.Offer)
    path = wire.read_return_path(f"{offer.deliveries[0].return_token}@bounce.{domain}")
    assert path is not None
    assert ReturnPaths.of(runtime.vault).delivery_of(path) == ids.decode("dlv", sent)


async def test_a_node_hands_up_what_came_to_a_return_path_of_a_domain_that_it_has(
    client: httpx.AsyncClient, db: Database, make_node: MakeNode, let_out: LetOut
) -> None:
    out = await let_out("message.delivered")
    node = await node_with(db, make_node, out.domain)
    answer = await hand_up(client, node, dsn(), recipient=out.return_path.upper(), sender="")
    assert answer.status_code == 204, answer.text
    async with db.fleet_tx() as tx:
        mail_id = await tx.connection.fetchval("select id from inbound_mails where node_id = $1", node.id)
    await inbound.dispatch(out.runtime, INBOUND)
    assert await out.status() == "bounced"
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow("select status, tenant_id from inbound_mails where id = $1", mail_id)
    assert row is not None
    assert (row["status"], row["tenant_id"]) == ("done", out.tenant.id)


async def test_for_other_domains_it_hands_up_nothing(
    client: httpx.AsyncClient, db: Database, make_node: MakeNode
) -> None:
    node = await node_with(db, make_node, "has-this.test")
    local = "0" * 36
    for domain in ("bounce.has-not-this.test", "has-this.test", "bounces.has-this.test", "sub.bounce.has-this.test"):
        answer = await hand_up(client, node, recipient=f"{local}@{domain}")
        assert answer.status_code == 400, domain
