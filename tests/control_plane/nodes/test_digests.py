"""What a node has is compared with what it should have, tenant by tenant; what was found changed is kept and told."""

import hashlib
from collections import defaultdict

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.nodes import service
from control_plane.nodes.schemas import ALL_ROLES, ItemChange
from control_plane.nodes.service import digests, drift
from tenant_agent import wire
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode


async def publish(db: Database, tenant: Tenant, *names: str) -> None:
    items = [wire.DomainItem(name=name, return_domain=f"bounce.{name}") for name in names]
    async with db.fleet_tx() as tx:
        changes = [ItemChange(kind="domain", key=item.name, item=item) for item in items]
        await service.publish(tx, tenant.id, changes, ALL_ROLES)


async def as_the_agent_says(db: Database, node: FleetNode) -> wire.Digests:
    """Compute a node's digests as its agent would that has everything."""
    generation = await service.desired_generation(db, node.id)
    page = await service.next_changes(db, node.id, (0, "", ""), skip_deleted_until=generation)
    assert not page.more
    parts: dict[str, list[str]] = defaultdict(list)
    for each in sorted(page.changes, key=lambda change: (change.kind, change.key)):
        assert each.payload is not None
        parts[each.tenant_id or ""].append(f"{each.kind}\0{each.key}\0{hashlib.sha256(each.payload).hexdigest()}")
    found = {tenant: hashlib.sha256("".join(texts).encode()).hexdigest() for tenant, texts in parts.items()}
    return wire.Digests(generation=generation, digests=found)


def named(tenant: Tenant) -> str:
    return ids.encode("ten", tenant.id)


async def test_a_node_that_has_everything_has_no_tenant_that_differs(
    db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node()
    await publish(db, tenant, "b.test", "a.test", "a-b.test", "a.b.test")
    assert await digests.differing(db, node.id, await as_the_agent_says(db, node)) == ()


async def test_a_tenant_with_something_else_is_named_and_so_is_one_that_is_nobodys(
    db: Database, make_node: MakeNode, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    node, missing = await make_node(), await make_tenant()
    await publish(db, tenant, "one.test")
    await publish(db, missing, "two.test")
    said = await as_the_agent_says(db, node)
    wrong = {name: each for name, each in said.digests.items() if name != named(missing)}
    wrong |= {named(tenant): "0" * 64, "ten_nobody": "0" * 64}
    differing = await digests.differing(db, node.id, msgspec.structs.replace(said, digests=wrong))
    assert set(differing or ()) == {named(tenant), named(missing), "ten_nobody"}


async def test_a_word_on_another_generation_says_nothing(db: Database, make_node: MakeNode, tenant: Tenant) -> None:
    node = await make_node()
    said = await as_the_agent_says(db, node)
    await publish(db, tenant, "meanwhile.test")
    assert await digests.differing(db, node.id, said) is None


async def test_all_of_a_tenant_is_what_is_live_of_it(
    db: Database, make_node: MakeNode, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    node, other = await make_node(), await make_tenant()
    await publish(db, tenant, "here.test", "gone.test")
    await publish(db, other, "other.test")
    async with db.fleet_tx() as tx:
        await service.publish(tx, tenant.id, [ItemChange(kind="domain", key="gone.test", item=None)], ALL_ROLES)
    assert [each.key for each in await digests.items_of(db, node.id, named(tenant))] == ["here.test"]
    assert ("node", "self") in [(each.kind, each.key) for each in await digests.items_of(db, node.id, "")]
    assert await digests.items_of(db, node.id, "ten_nobody") == ()


async def found_on(db: Database, node: FleetNode) -> list[drift.FoundDrift]:
    async with db.fleet_tx() as tx:
        return await drift.of_node(tx, node.id)


async def told_of(db: Database, node: FleetNode) -> list[dict[str, object]]:
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select data from events where type = 'node.drifted' and data ->> 'node_id' = $1 order by id",
            node.public_id,
        )
    return [msgspec.json.decode(row["data"]) for row in rows]


@pytest.mark.usefixtures("operator")
async def test_what_was_found_is_kept_with_the_node_and_told_to_the_operator(
    db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node()
    await drift.note(db, node.id, [wire.Drift(service="postfix", what="main.cf")], SystemClock())
    await drift.note_tenants(db, node.id, [named(tenant), ""], SystemClock())
    kept = [(each.service, each.what, each.tenant_id) for each in await found_on(db, node)]
    assert kept == [
        ("desired state", "items", named(tenant)),
        ("desired state", "items", None),
        ("postfix", "main.cf", None),
    ]
    [event] = await told_of(db, node)
    assert (event["name"], event["count"]) == (node.name, 1)


async def test_a_node_says_nothing_of_tenants_that_it_does_not_know(
    db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node()
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from placements where node_id = $1 and tenant_id = $2", node.id, tenant.id)
    said = [wire.Drift(service="users", what=f"n\0{number}", tenant_id=named(tenant)) for number in range(200)]
    await drift.note(db, node.id, said, SystemClock())
    kept = await found_on(db, node)
    assert len(kept) == drift.MOST_KEPT
    assert {each.tenant_id for each in kept} == {None}


@pytest.mark.usefixtures("operator")
async def test_what_is_found_every_moment_is_told_once(db: Database, make_node: MakeNode) -> None:
    node = await make_node()
    for _ in range(3):
        await drift.note(db, node.id, [wire.Drift(service="postfix", what="main.cf")], SystemClock())
    assert len(await told_of(db, node)) == 1
    assert len(await found_on(db, node)) == 3
