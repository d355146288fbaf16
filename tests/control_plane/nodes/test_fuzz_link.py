"""Whatever a node says, the control plane survives, refuses it as the node's fault, and serves the others."""

from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from litestar import Litestar

from control_plane.core.database import Database
from control_plane.nodes import service
from control_plane.nodes.link import bounds
from tenant_agent import returns, wire
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.link_client import Closed, LinkClient, greeted, linked
from tests.tenant_agent.hostile import broken, hostile

Example = TypeVar("Example")

KINDS = (
    wire.Applied,
    wire.Credit,
    wire.Take,
    wire.Report,
    wire.Heartbeat,
    wire.Return,
    wire.Digests,
    wire.Drifted,
    wire.Configured,
    wire.Moved,
    wire.Probed,
)
OUR_FAULT = 1011
MALFORMED = 4400


def examples(strategy: st.SearchStrategy[Example], count: int = 25) -> list[Example]:
    """Make the same values in each run."""
    made: list[Example] = []

    @seed(5)
    @given(strategy)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    def collect(value: Example) -> None:
        made.append(value)

    collect()
    return made


async def end_of(agent: LinkClient) -> int | None:
    """Ask for an answer; gives how the connection ended, or none if it is alive."""
    try:
        await agent.send(wire.Report(batch=1_000_001, events=()))
        while (await agent.next(wire.Received)).batch != 1_000_001:
            pass
    except Closed as closed:
        return closed.code
    return None


async def is_heard(db: Database, node: FleetNode, agent: LinkClient, mark: str) -> None:
    """Wait until a heartbeat of a node that says nothing odd is written down."""
    await agent.send(wire.Heartbeat(at_ms=0, generation=1, versions={"agent": mark}))

    async def seen() -> bool:
        async with db.fleet_tx() as tx:
            return (await service.get(tx, node.id)).versions == {"agent": mark}

    await agent.until(seen)


@pytest.mark.parametrize("kind", KINDS)
async def test_hostile_frames_are_no_fault_of_ours(
    app: Litestar, db: Database, make_node: MakeNode, kind: type[wire.FromAgent]
) -> None:
    enemy, other = await make_node(), await make_node()
    async with greeted(app, other.credential) as bystander:
        for frames in examples(st.lists(hostile(kind), min_size=1, max_size=5)):
            async with greeted(app, enemy.credential) as agent:
                for frame in frames:
                    await agent.send_bytes(wire.encode(frame))
                assert await end_of(agent) != OUR_FAULT, frames
        await is_heard(db, other, bystander, kind.__name__)


async def test_frames_that_are_broken_on_the_way_are_refused(app: Litestar, make_node: MakeNode) -> None:
    enemy = await make_node()
    changes = st.tuples(st.integers(0, 40), st.integers(0, 500), st.integers(0, 255))
    for frame, change in examples(st.tuples(st.one_of(*map(hostile, KINDS)), changes)):
        async with greeted(app, enemy.credential) as agent:
            await agent.send_bytes(broken(wire.encode(frame), *change))
            assert await end_of(agent) in {None, MALFORMED}, (frame, change)


async def test_a_hostile_greeting_is_no_fault_of_ours(app: Litestar, make_node: MakeNode) -> None:
    enemy = await make_node()
    for hello in examples(hostile(wire.Hello)):
        async with linked(app, enemy.credential) as agent:
            await agent.send_bytes(wire.encode(hello))
            assert await end_of(agent) != OUR_FAULT, hello


@pytest.mark.parametrize(
    "data",
    [
        b"\x82\xa4type\xa4Take\xa8lease_id\xa1\xff",
        b"\x82\xa4type\xa4Take\xa8lease_id\xa3\xed\xa0\x80",
        b"\x83\xa4type\xa4Take\xa8lease_id\xa1x\xa1y" + b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff",
        b"\x81\xa4type\xdb\xff\xff\xff\xff",
        b"\x82\xa4type\xa9Heartbeat\xa8versions" + b"\xdf\xff\xff\xff\xff",
        bytes(bounds.MOST_BYTES + 1),
    ],
)
async def test_what_no_agent_of_ours_sends_ends_the_connection(app: Litestar, make_node: MakeNode, data: bytes) -> None:
    node = await make_node()
    async with greeted(app, node.credential) as agent:
        await agent.send_bytes(data)
        assert await end_of(agent) == MALFORMED


@given(st.one_of(*map(hostile, KINDS)))
@settings(max_examples=300, deadline=None)
def test_what_is_let_in_can_be_stored(frame: wire.FromAgent) -> None:
    try:
        within = bounds.within(frame, 0)
    except bounds.OutOfBounds:
        return
    if not isinstance(frame, wire.Take | wire.Report | wire.Digests):
        written = msgspec.json.encode(within).decode()
        assert "\\u0000" not in written
        assert all(abs(number) < 2**53 for number in numbers(msgspec.json.decode(written)))


def numbers(value: object) -> list[int]:
    """Find every number."""
    match value:
        case bool():
            return []
        case int():
            return [value]
        case dict():
            return [number for each in value.values() for number in numbers(each)]
        case list():
            return [number for each in value for number in numbers(each)]
        case _:
            return []


@pytest.mark.parametrize(
    "frame",
    [
        wire.Heartbeat(at_ms=0, generation=1, errors=("x" * 100,) * 30_000),
        wire.Return(batch=1, deliveries=(wire.Returned(delivery_id="d", lease_id="l", reason="x" * 3_000_000),)),
        wire.Take(lease_id="x" * 3_000_000),
    ],
    ids=["heartbeat", "return", "take"],
)
def test_what_waits_in_memory_is_not_of_many_megabytes(frame: wire.FromAgent) -> None:
    with pytest.raises(bounds.OutOfBounds):
        bounds.within(frame, len(wire.encode(frame)))


def test_as_much_as_an_agent_gives_back_at_once_is_taken() -> None:
    given = wire.Returned(delivery_id=f"dlv_{'0' * 26}", lease_id="0" * 36, reason="x" * 2_000)
    frame = wire.Return(batch=1, deliveries=(given,) * returns.MOST_AT_ONCE)
    assert bounds.within(frame, len(wire.encode(frame))) == frame


def test_long_lists_and_texts_are_cut() -> None:
    quarantined = wire.Quarantined(kind="domain", key="k" * 10_000, tenant_id=None, reason="r" * 10_000)
    cut = bounds.within(wire.Applied(generation=2**64 - 1, quarantined=(quarantined,) * 30_000), 0)
    assert isinstance(cut, wire.Applied)
    assert cut.generation == 2**53 - 1
    assert len(cut.quarantined) == 20_000
    assert len(cut.quarantined[0].key) == 2_000
