"""The log of items: complete and in order, also while it is written to."""

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.nodes import placements, service
from control_plane.nodes.commands import add_node, read_ip
from control_plane.nodes.schemas import ALL_ROLES, ItemChange, NodeChange
from tenant_agent import wire
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import MakeNode, new_node


def domain(name: str, *, gone: bool = False) -> ItemChange:
    item = None if gone else wire.DomainItem(name=name, return_domain=f"bounce.{name}")
    return ItemChange(kind="domain", key=name, item=item)


async def publish(db: Database, tenant: Tenant, *changes: ItemChange) -> None:
    async with db.fleet_tx() as tx:
        await service.publish(tx, tenant.id, changes, ALL_ROLES)


async def test_pages_cover_everything_once_and_end_at_the_latest_generation(
    db: Database, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node()
    names = [f"d{number:04}.test" for number in range(2100)]
    await publish(db, tenant, *(domain(name) for name in names))
    first = await service.next_changes(db, node.id, (0, "", ""))
    assert first.more
    await publish(db, tenant, domain("d0000.test", gone=True), domain("new.test"))
    second = await service.next_changes(db, node.id, first.position)
    assert not second.more
    ours = [change for change in (*first.changes, *second.changes) if change.tenant_id == ids.encode("ten", tenant.id)]
    state = {change.key: change.payload for change in ours}
    assert {key for key, payload in state.items() if payload} == {*names[1:], "new.test"}
    assert second.generation == await service.desired_generation(db, node.id)


async def test_items_reach_nodes_with_the_role_only(db: Database, make_node: MakeNode, tenant: Tenant) -> None:
    outbound, storing = await make_node(roles=("outbound",)), await make_node(roles=("mailbox",))
    async with db.fleet_tx() as tx:
        await service.publish(tx, tenant.id, [domain("role.test")], ["mailbox"])
    keys = [
        {change.key for change in (await service.next_changes(db, node.id, (0, "", ""))).changes}
        for node in (outbound, storing)
    ]
    assert "role.test" not in keys[0]
    assert "role.test" in keys[1]


async def test_a_live_item_of_another_tenant_is_not_overwritten(
    db: Database, make_node: MakeNode, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    node, other = await make_node(), await make_tenant()
    await publish(db, tenant, domain("ours.test"))
    await publish(db, other, domain("ours.test", gone=True))
    [change] = [
        each for each in (await service.next_changes(db, node.id, (0, "", ""))).changes if each.key == "ours.test"
    ]
    assert change.payload is not None


@pytest.mark.usefixtures("domain")
async def test_placements_that_were_not_filled_are_filled_later_but_for_those_with_nothing_to_send(
    runtime: Runtime, make_node: MakeNode, tenant: Tenant, stranger: Tenant
) -> None:
    node = await make_node()
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute(
            "update placements set filled_at = null where node_id = $1 and tenant_id = any ($2)",
            node.id,
            [tenant.id, stranger.id],
        )
    unfilled = set(await service.unfilled_placements(runtime.db, node.id))
    assert unfilled == {(tenant.id, node.id), (stranger.id, node.id)}
    assert await placements.fill(runtime.db, runtime.vault, runtime.clock, node.id) == 1
    assert await service.unfilled_placements(runtime.db, node.id) == []


async def test_adding_a_node_again_gives_no_token_once_it_has_enrolled(runtime: Runtime) -> None:
    wanted = new_node()
    added = await add_node(runtime, wanted)
    assert added.enrolment_token is not None
    request = wire.EnrolRequest(token=added.enrolment_token, agent_version="test")
    await service.enrol(runtime.db, request, runtime.clock)
    again = await add_node(runtime, wanted)
    assert msgspec.to_builtins(again) == {"node_id": added.node_id}


def test_an_address_of_the_command_line_names_its_stream_and_its_host() -> None:
    plain = read_ip("10.77.1.11=transactional", "n1.fleetpost.test")
    named = read_ip("10.77.1.12=broadcast=out1-12.fleetpost.test", "n1.fleetpost.test")
    assert (plain.stream, plain.hostname) == ("transactional", "out-10-77-1-11.fleetpost.test")
    assert (named.stream, named.hostname) == ("broadcast", "out1-12.fleetpost.test")


@pytest.mark.usefixtures("domain")
async def test_a_node_that_gets_another_role_is_sent_what_that_asks_for(
    runtime: Runtime, make_node: MakeNode, tenant: Tenant
) -> None:
    node = await make_node(roles=("outbound",))
    assert await unfilled(runtime, node.id) == 0
    async with runtime.db.fleet_tx() as tx:
        await service.change(tx, node.id, NodeChange(hostname="other.fleetpost.test"), None)
    assert await unfilled(runtime, node.id) == 0
    async with runtime.db.fleet_tx() as tx:
        await service.change(tx, node.id, NodeChange(roles=("outbound", "mailbox")), None)
    assert await unfilled(runtime, node.id, tenant.id) == 1


async def unfilled(runtime: Runtime, node_id: ids.NodeId, tenant_id: ids.TenantId | None = None) -> int:
    """Count the placements that wait to be filled, of all tenants or one: there may be thousands."""
    async with runtime.db.fleet_tx() as tx:
        count: int = await tx.connection.fetchval(
            """select count(*) from placements
               where filled_at is null and node_id = $1 and ($2::uuid is null or tenant_id = $2)""",
            node_id,
            tenant_id,
        )
    return count
