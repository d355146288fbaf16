"""Leases of quotas to nodes: three simulated nodes with the agent's own counting, on the real database."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.quotas.service import leases
from tenant_agent import wire
from tenant_agent.allowances import Allowances
from tenant_agent.state import State
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.quotas.conftest import SetLimits, SetPlan, TestClock, usage_of


class AgentClock:
    """The node's clock, which goes with the control plane's."""

    def __init__(self, clock: TestClock) -> None:
        self._clock = clock

    def now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def monotonic(self) -> float:
        return self._clock.now().timestamp()


async def hear(db: Database, node_id: NodeId, beat: wire.Heartbeat, clock: TestClock) -> None:
    """Take a heartbeat in, and do at once what workers are asked for."""
    async with db.fleet_tx() as tx:
        await leases.heard(tx, {node_id: beat})
        asked = list(tx.outbox.jobs)
    for job in asked:
        tenant_id, node, generation, wanted = job.args
        assert job.name == leases.SETTLE_JOB
        await leases.settle(db, UUID(tenant_id), clock, leases.Word(UUID(node), int(generation), int(wanted)))


class Node:
    """A node that hears of its items and says what it used, when the test lets it."""

    def __init__(self, db: Database, node: FleetNode, directory: Path, clock: TestClock) -> None:
        self.id = node.id
        self._db = db
        self._clock = clock
        self._state = State(directory / "state.db")
        self._path = directory / "allowances.db"
        self.allowances = self._open()
        self.passed = 0

    def _open(self) -> Allowances:
        return Allowances(Path(self._path.parent / "state.db"), self._path, AgentClock(self._clock), lambda: None)

    def restart(self) -> None:
        """End at once and begin again."""
        self.allowances = self._open()

    async def hear(self) -> None:
        """Take in what was published."""
        async with self._db.fleet_tx() as tx:
            rows = await tx.connection.fetch(
                "select kind, key, payload, generation from node_items where node_id = $1 order by generation", self.id
            )
        for row in rows:
            if row["generation"] > self._state.generation and row["kind"] == "quota":
                change = wire.Change(kind="quota", key=row["key"], tenant_id=row["key"], payload=row["payload"])
                self._state.store(row["generation"], [change])

    async def say(self) -> None:
        """Send a heartbeat."""
        beat = wire.Heartbeat(at_ms=0, generation=self._state.generation)
        await hear(self._db, self.id, self.allowances.told(beat), self._clock)

    async def talk(self) -> None:
        """Hear, say, hear."""
        await self.hear()
        await self.say()
        await self.hear()

    def submit(self, tenant: Tenant, mails: int, recipients: int = 1) -> list[str]:
        """Submit mails; gives what was said to those that were refused."""
        replies = [self.allowances.check(ids.encode("ten", tenant.id), recipients) for _ in range(mails)]
        self.passed += replies.count(None) * recipients
        return [reply for reply in replies if reply is not None]


async def make_mailbox(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    """Have somebody who may submit mail."""
    body = {"address": f"ann@{domain}", "password": "a long enough password"}
    assert (await client.post("/v1/mailboxes", json=body, headers=tenant.headers)).status_code == 201


MakeNodes = Callable[[int], Awaitable[list[Node]]]


@pytest.fixture
def nodes(db: Database, make_node: MakeNode, tmp_path: Path, clock: TestClock) -> MakeNodes:
    """Make nodes: `await nodes(3)`."""

    async def make(count: int) -> list[Node]:
        made: list[Node] = []
        for number in range(count):
            (tmp_path / str(number)).mkdir()
            made.append(Node(db, await make_node(), tmp_path / str(number), clock))
        return made

    return make


@pytest.fixture
async def mailer(make_tenant: MakeTenant) -> Tenant:
    """A tenant."""
    return await make_tenant()


async def place(db: Database, tenant: Tenant, nodes: list[Node]) -> None:
    """Have just these nodes know a tenant."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from placements where tenant_id = $1", tenant.id)
        await tx.connection.execute(
            "insert into placements (tenant_id, node_id, filled_at) select $1, n, now() from unnest($2::uuid[]) n",
            tenant.id,
            [node.id for node in nodes],
        )


async def rows_of(db: Database, tenant: Tenant) -> dict[tuple[UUID, str], int]:
    """Read what is granted, by node and window."""
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select node_id, time_window, granted from quota_leases where tenant_id = $1", tenant.id
        )
    return {(row["node_id"], row["time_window"]): row["granted"] for row in rows}


async def hourly(db: Database, tenant: Tenant, clock: TestClock) -> int:
    """Read what is counted in the present hour."""
    async with db.fleet_tx() as tx:
        used: int | None = await tx.connection.fetchval(
            """select used from usage where tenant_id = $1 and resource = 'messages_hour'
               and window_start = date_trunc('hour', $2::timestamptz, 'UTC')""",
            tenant.id,
            clock.now(),
        )
    return used or 0


async def test_exactly_as_many_pass_on_all_nodes_together_as_the_limit_says(
    db: Database, nodes: MakeNodes, mailer: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    fleet = await nodes(3)
    await place(db, mailer, fleet)
    await limit(mailer.id, messages_hour=1000)
    await leases.settle(db, mailer.id, clock)
    for node in fleet:
        await node.hear()
    for _ in range(40):
        for node in fleet:
            node.submit(mailer, 170)
        await asyncio.gather(*(node.talk() for node in fleet))
    assert sum(node.passed for node in fleet) == 1000
    assert await hourly(db, mailer, clock) == 1000
    assert (
        "limit of messages for this hour is reached: wait until 2031-05-01 01:00 UTC" in fleet[0].submit(mailer, 1)[0]
    )


async def test_one_busy_node_gets_all_of_it_though_others_were_granted_some(
    db: Database, nodes: MakeNodes, mailer: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    busy, *idle = await nodes(3)
    await place(db, mailer, [busy, *idle])
    await limit(mailer.id, messages_hour=1000)
    await leases.settle(db, mailer.id, clock)
    for node in (busy, *idle):
        await node.hear()
    for _ in range(60):
        busy.submit(mailer, 100)
        for node in (busy, *idle):
            await node.talk()
    assert busy.passed == 1000


async def test_a_node_that_is_cut_off_uses_what_it_was_granted_and_nothing_more(
    db: Database, nodes: MakeNodes, mailer: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    lost, other = await nodes(2)
    await place(db, mailer, [lost, other])
    await limit(mailer.id, messages_hour=1000, messages_day=5000)
    await leases.settle(db, mailer.id, clock)
    await lost.hear()
    granted = await rows_of(db, mailer)
    for hour in range(6):
        lost.submit(mailer, 500)
        assert hour or lost.passed == granted[lost.id, "2031-05-01T00"]
        clock.forward(hours=1)
    assert lost.passed == granted[lost.id, "2031-05-01T00"] + granted[lost.id, "2031-05-01T01"]
    assert lost.submit(mailer, 1)[0].startswith("452 4.3.1")


async def test_what_was_not_used_comes_back_when_the_window_has_turned_and_the_node_has_said_so(
    db: Database, nodes: MakeNodes, mailer: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    [node] = await nodes(1)
    await place(db, mailer, [node])
    await limit(mailer.id, messages_hour=1000)
    await leases.settle(db, mailer.id, clock)
    await node.hear()
    node.submit(mailer, 7)
    before = await usage_of(db, mailer.id, "messages_hour")
    clock.forward(hours=5)
    await leases.settle(db, mailer.id, clock)
    assert await usage_of(db, mailer.id, "messages_hour") > before, "the node has not spoken"
    await node.say()
    assert await usage_of(db, mailer.id, "messages_hour") > before, "it spoke, but before it heard of the new window"
    await node.talk()
    windows = {window for _, window in await rows_of(db, mailer)}
    assert windows == {"2031-05-01T05", "2031-05-01T06"}
    live = sum((await rows_of(db, mailer)).values())
    assert await usage_of(db, mailer.id, "messages_hour") == live + 7


async def test_counts_survive_the_end_of_the_agent(
    db: Database, nodes: MakeNodes, mailer: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    [node] = await nodes(1)
    await place(db, mailer, [node])
    await limit(mailer.id, messages_hour=40)
    await leases.settle(db, mailer.id, clock)
    await node.hear()
    for _ in range(30):
        node.submit(mailer, 3)
        await node.talk()
        node.restart()
    assert node.passed == 40


async def test_who_has_no_limit_goes_on_without_the_control_plane_and_is_counted_afterwards(
    db: Database, nodes: MakeNodes, mailer: Tenant, clock: TestClock
) -> None:
    [node] = await nodes(1)
    await place(db, mailer, [node])
    await leases.settle(db, mailer.id, clock)
    await node.hear()
    clock.forward(days=3)
    assert node.submit(mailer, 50, recipients=3) == []
    await node.say()
    await node.say()
    assert await usage_of(db, mailer.id, "messages_hour") == 150


async def test_a_limit_that_is_set_later_holds_once_the_node_has_heard_of_it(
    db: Database, nodes: MakeNodes, mailer: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    [node] = await nodes(1)
    await place(db, mailer, [node])
    await leases.settle(db, mailer.id, clock)
    await node.talk()
    await limit(mailer.id, messages_month=5)
    await leases.settle(db, mailer.id, clock)
    await node.talk()
    for _ in range(5):
        node.submit(mailer, 2)
        await node.talk()
    assert node.passed == 5
    assert node.submit(mailer, 1)[0].startswith("550 5.7.1")


async def test_a_limit_that_is_lifted_holds_nobody_up(
    db: Database,
    tenant: Tenant,
    domain: str,
    client: httpx.AsyncClient,
    nodes: MakeNodes,
    limit: SetLimits,
    clock: TestClock,
) -> None:
    [node] = await nodes(1)
    await place(db, tenant, [node])
    await make_mailbox(client, tenant, domain)
    for most, mails in ((None, 0), (2_000, 50), (None, 3_000), (2_000, 50), (None, 3_000)):
        await limit(tenant.id, **({} if most is None else {"messages_day": most}))
        while await leases.tend(db, clock):
            pass
        await node.talk()
        assert node.submit(tenant, mails) == [], most
        await node.talk()
        clock.forward(days=1)


async def test_an_agencys_limit_holds_for_its_clients_submissions(
    db: Database,
    nodes: MakeNodes,
    mailer: Tenant,
    agency: Tenant,
    put_below: Callable[[Tenant, Tenant], Awaitable[None]],
    limit: SetLimits,
    clock: TestClock,
) -> None:
    [node] = await nodes(1)
    await put_below(mailer, agency)
    await place(db, mailer, [node])
    await limit(agency.id, messages_day=30)
    await leases.settle(db, mailer.id, clock)
    for _ in range(20):
        await node.talk()
        node.submit(mailer, 10)
    assert node.passed == 30


async def test_a_node_says_nothing_about_tenants_that_it_was_granted_nothing_for(
    db: Database, nodes: MakeNodes, mailer: Tenant, clock: TestClock
) -> None:
    [node] = await nodes(1)
    beat = wire.Heartbeat(
        at_ms=0,
        generation=2**62,
        quota_used={ids.encode("ten", mailer.id): {"2031-05": 10, "x\0": -1}, "nobody": {"unlimited": 2**63}},
        quota_wanted={ids.encode("ten", mailer.id): 2**62, "\0": 1},
    )
    await hear(db, node.id, beat, clock)
    assert await usage_of(db, mailer.id, "messages_month") == 0


async def test_the_sweep_finds_who_lacks_a_lease_and_leaves_the_others(
    db: Database, nodes: MakeNodes, tenant: Tenant, domain: str, client: httpx.AsyncClient, clock: TestClock
) -> None:
    [node] = await nodes(1)
    await place(db, tenant, [node])
    await make_mailbox(client, tenant, domain)
    while await leases.tend(db, clock):
        pass
    assert await rows_of(db, tenant) == {(node.id, "unlimited"): 0}


async def test_no_node_fills_the_queue_that_all_wait_in(
    db: Database, nodes: MakeNodes, make_tenant: MakeTenant, limit: SetLimits, clock: TestClock
) -> None:
    [node] = await nodes(1)
    tenants = [await make_tenant() for _ in range(4)]
    for tenant in tenants:
        await place(db, tenant, [node])
        await limit(tenant.id, messages_hour=1000)
        await leases.settle(db, tenant.id, clock)
    window = f"{clock.now():%Y-%m-%dT%H}"
    names = [ids.encode("ten", tenant.id) for tenant in tenants]
    beat = wire.Heartbeat(
        at_ms=0, generation=0, quota_wanted=dict.fromkeys(names, 5), quota_used={key: {window: 7} for key in names}
    )
    asked: set[str] = set()
    while len(asked) < len(tenants):
        async with db.fleet_tx() as tx:
            await leases.heard(tx, {node.id: beat}, most=2)
            jobs = [job.args[0] for job in tx.outbox.jobs]
        assert len(jobs) == 2
        asked |= set(jobs)
    async with db.fleet_tx() as tx:
        used = await tx.connection.fetch("select used from quota_leases where node_id = $1 and used > 0", node.id)
    assert [row["used"] for row in used] == [7] * 4, "what they used is noted of all at once"


async def test_nodes_hear_how_large_messages_may_be_and_again_when_the_plan_changes(
    client: httpx.AsyncClient,
    db: Database,
    nodes: MakeNodes,
    tenant: Tenant,
    domain: str,
    put_on_plan: SetPlan,
    clock: TestClock,
) -> None:
    [node] = await nodes(1)
    await place(db, tenant, [node])
    await make_mailbox(client, tenant, domain)

    async def passes(size: int) -> bool:
        while await leases.tend(db, clock):
            pass
        await node.talk()
        return node.allowances.check(ids.encode("ten", tenant.id), 1, size) is None

    assert await passes(400_001)
    await put_on_plan(tenant.id, message_bytes=300_000)
    assert await passes(300_000)
    assert not await passes(300_001)
    await put_on_plan(tenant.id, message_bytes=400_000, messages_hour=1_000)
    assert await passes(400_000)
    assert not await passes(400_001)
    await put_on_plan(tenant.id, messages_hour=1_000)
    assert await passes(400_001)
