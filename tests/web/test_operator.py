"""The operator's console: the fleet, its nodes, all tenants; and for nobody else."""

import secrets

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.nodes import service as nodes
from control_plane.nodes.queries.registry import insert_node
from control_plane.nodes.schemas import NewNode
from tests.conftest import MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person

HEARTBEAT = (
    '{"queue": {"active": 1200}, "versions": {"postfix": "3.7.11"}, '
    '"disk_free_bytes": 5000000000, "inbound_waiting": 3170}'
)
PATHS = ("/operator", "/operator/tenants", "/operator/nodes")


def _some_node() -> NewNode:
    label = f"n-{secrets.token_hex(4)}"
    address = f"10.{secrets.randbelow(100) + 100}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    return NewNode(name=label, hostname=f"{label}.fleet.test", service_address=address, roles=("outbound",))


async def add_node(db: Database) -> tuple[str, str]:
    """Register a node that has refused an item; gives its id and name."""
    new = _some_node()
    label = new.name
    async with db.fleet_tx() as tx:
        node = await nodes.register_node(tx, new)
        await tx.connection.execute(
            "update nodes set status = 'ready', last_seen_at = now(), heartbeat = $2 where name = $1",
            label,
            HEARTBEAT,
        )
        await tx.connection.execute(
            "update node_items i set quarantined = 'no such file' from nodes n where n.id = i.node_id and n.name = $1",
            label,
        )
    return node.id, label


async def watcher(make_person: MakePerson, operator: Tenant) -> Person:
    person = await make_person(operator)
    await person.sign_in()
    return person


async def test_nodes_are_shown_with_what_they_said(db: Database, make_person: MakePerson, operator: Tenant) -> None:
    node_id, label = await add_node(db)
    ann = await watcher(make_person, operator)
    for path in ("/operator", "/operator/nodes"):
        shown = await ann.see(path)
        for words in (label, "1,200", "5 GB", "Ready"):
            assert words in shown, (path, words)
    shown = await ann.see(f"/operator/nodes/{node_id}")
    for words in ("3.7.11", "no such file", "postfix", "active", "3,170"):
        assert words in shown, words
    for odd in ("nod_x", "%00", "ten_06gjp3shh1m5pev6jk9v0bfkm4"):
        assert (await ann.client.get(f"/operator/nodes/{odd}")).status_code == 404


async def test_retired_nodes_push_nobody_off_the_page(db: Database, make_person: MakePerson, operator: Tenant) -> None:
    async with db.fleet_tx() as tx:
        old = {ids.new_uuid(): _some_node() for _ in range(201)}
        for node_id, new in old.items():  # registered, each would be told of all tenants there are
            await insert_node(tx.connection, node_id, new)
        await tx.connection.execute("update nodes set status = 'retired' where id = any ($1)", list(old))
    _, label = await add_node(db)
    ann = await watcher(make_person, operator)
    assert label in await ann.see("/operator/nodes")


async def test_all_tenants_are_found(make_person: MakePerson, operator: Tenant, make_tenant: MakeTenant) -> None:
    ann = await watcher(make_person, operator)
    await make_tenant()
    assert "row-link" in await ann.see("/operator/tenants?sort=name")
    lines = (await ann.client.get("/operator/tenants?format=csv")).text.splitlines()
    assert len(lines) > 1


async def test_nobody_else_sees_the_fleet(
    db: Database, make_person: MakePerson, make_tenant: MakeTenant, tenant: Tenant
) -> None:
    node_id, _ = await add_node(db)
    for owner in (tenant, await make_tenant("agency")):
        ann = await make_person(owner)
        await ann.sign_in()
        for path in (*PATHS, f"/operator/nodes/{node_id}"):
            assert (await ann.client.get(path)).status_code == 403
