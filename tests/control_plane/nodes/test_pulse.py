"""What the connections of one process share."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack

import pytest

from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.nodes import channels
from control_plane.nodes import service as nodes
from control_plane.nodes.link.pulse import Pulse
from control_plane.nodes.schemas import ALL_ROLES, ItemChange
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail, give_pool


class Told:
    """A connection that counts what it is told."""

    def __init__(
        self, node_id: NodeId, generation: int = 0, *, has_credit: bool = True, has_some_credit: bool = True
    ) -> None:
        self.node_id = node_id
        self.generation = generation
        self.has_credit = has_credit
        self.has_some_credit = has_some_credit
        self.changes = 0
        self.calls = 0
        self.called = asyncio.Event()

    def state_changed(self) -> None:
        self.changes += 1

    def work_waits(self) -> None:
        self.calls += 1
        self.called.set()


@pytest.fixture
async def pulse(runtime: Runtime) -> AsyncGenerator[Pulse]:
    """A process of its own, which beats only when it is told to."""
    pulse = Pulse(runtime)
    yield pulse
    await pulse.stop()


async def publish(db: Database, tenant: Tenant, name: str) -> None:
    item = wire.DomainItem(name=name, return_domain=f"bounce.{name}")
    async with db.fleet_tx() as tx:
        await nodes.publish(tx, tenant.id, [ItemChange(kind="domain", key=name, item=item)], ALL_ROLES)


async def test_who_is_behind_is_told_even_if_no_signal_came(
    pulse: Pulse, make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    node = await make_node()
    await publish(db, tenant, "unheard.test")
    now = await nodes.desired_generation(db, node.id)
    behind = Told(node.id, now - 1)
    with pulse.serving(behind):
        await pulse.beat()
        behind.generation = now
        await pulse.beat()
    assert behind.changes == 1


async def test_one_signal_tells_all_nodes_that_a_change_is_for(
    runtime: Runtime, make_node: MakeNode, db: Database, tenant: Tenant
) -> None:
    members = [Told((await make_node()).id) for _ in range(3)]
    pulse = Pulse(runtime)
    async with pulse.beating(), runtime.signals.listen(channels.STATE) as signals:
        with ExitStack() as serving:
            for member in members:
                serving.enter_context(pulse.serving(member))
            await publish(db, tenant, "heard.test")
            body = await signals.next(5)
            assert body is not None
            assert {str(member.node_id) for member in members} <= set(channels.named(body))
            assert all(member.changes for member in members)


async def test_only_a_few_nodes_are_called_for_a_message_and_each_time_others(
    pulse: Pulse, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, db: Database
) -> None:
    members = [Told((await make_node()).id) for _ in range(6)]
    broke = Told((await make_node()).id, has_credit=False)
    for member in (*members, broke):
        await pool_for(db, tenant, member.node_id)
    await send_mail(tenant, domain)
    with ExitStack() as serving:
        for member in (*members, broke):
            serving.enter_context(pulse.serving(member))
        await pulse.beat()
        assert sum(member.calls for member in members) == 4
        for _ in range(6):
            await pulse.beat()
    assert all(member.calls for member in members)
    assert broke.calls == 0


async def test_nodes_that_take_transactional_mail_alone_are_called_where_no_other_is_free(
    pulse: Pulse, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str, db: Database
) -> None:
    free = Told((await make_node()).id)
    busy = Told((await make_node()).id, has_credit=False)
    full = Told((await make_node()).id, has_credit=False, has_some_credit=False)
    for member in (free, busy, full):
        await pool_for(db, tenant, member.node_id)
    await send_mail(tenant, domain)
    with pulse.serving(busy), pulse.serving(full):
        with pulse.serving(free):
            await pulse.beat()
        assert (free.calls, busy.calls, full.calls) == (1, 0, 0)
        await pulse.beat()
        assert (free.calls, busy.calls, full.calls) == (1, 1, 0)


async def test_a_signal_for_a_pool_is_heard(
    pulse: Pulse, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str
) -> None:
    member = Told((await make_node(tenant)).id)
    with pulse.serving(member):
        await pulse.beat()
        assert member.calls == 0
        await send_mail(tenant, domain)
        async with asyncio.timeout(5):
            await member.called.wait()


async def test_of_two_connections_of_a_node_the_newer_one_is_served(pulse: Pulse, make_node: MakeNode) -> None:
    node = await make_node()
    older, newer = Told(node.id, -1), Told(node.id, -1)
    with pulse.serving(older):
        with pulse.serving(newer):
            await pulse.beat()
        await pulse.beat()
    assert (older.changes, newer.changes) == (0, 1)


async def test_heartbeats_of_many_nodes_are_written_at_once(pulse: Pulse, make_node: MakeNode, db: Database) -> None:
    made = [await make_node() for _ in range(3)]
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'lost' where id = $1", made[0].id)
    for number, node in enumerate(made):
        pulse.heard(node.id, wire.Heartbeat(at_ms=0, generation=number, versions={"postfix": f"3.{number}"}))
    await pulse.beat()
    async with db.fleet_tx() as tx:
        shown = [await nodes.get(tx, node.id) for node in made]
    assert [node.versions["postfix"] for node in shown] == ["3.0", "3.1", "3.2"]
    assert {node.status for node in shown} == {"ready"}


async def test_of_two_reports_of_a_node_the_later_one_counts(pulse: Pulse, make_node: MakeNode, db: Database) -> None:
    node = await make_node()
    reports = [(node.id, wire.Applied(generation=generation)) for generation in (0, 1)]
    await nodes.applied_all(db, reports)
    async with db.fleet_tx() as tx:
        assert (await nodes.get(tx, node.id)).generation_applied == 1


async def pool_for(db: Database, tenant: Tenant, node_id: NodeId) -> None:
    await give_pool(db, tenant, FleetNode(node_id, "", "", ""))
