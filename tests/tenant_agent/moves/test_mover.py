"""A node does what moves ask of it, once, and tells how it went; a mailbox is open where it is kept, come what may."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio

from tenant_agent import wire
from tenant_agent.link import LinkDown
from tenant_agent.moves.duties import duty_of
from tenant_agent.moves.mover import Mover
from tenant_agent.projections.homes import is_shut, shut_home
from tenant_agent.state import State
from tests.tenant_agent.moves.pair import ANN, HOST, UID, Pair, Side, fill, move
from tests.tenant_agent.samples import change, mailbox, node

pytestmark = pytest.mark.node


class Agent:
    """One node's part, led by a desired state."""

    def __init__(self, pair: Pair, side: Side, own: str, other: str) -> None:
        self.side, self._node_id = side, f"nod_{own}"
        self._book, self._generation = pair.book(own, other), 0
        self.told: asyncio.Queue[wire.FromAgent] = asyncio.Queue()
        self.is_connected = True
        State(side.layout.state_database).close()  # an agent has it before anything else; two cannot make it at once
        self.begin()

    def begin(self) -> None:
        """Begin a life."""
        self.mover = Mover(self.side.layout, self._node_id, self._book, self._send)
        self._living = asyncio.create_task(self.mover.run())

    async def end(self) -> None:
        self._living.cancel()
        with suppress(asyncio.CancelledError):  # what ended it before us is a fault
            await self._living

    def wish(self, kept_by: str, *moves: wire.MoveItem) -> None:
        """Have Ann's mailbox kept by this node, with these moves."""
        self._generation += 1
        state = State(self.side.layout.state_database)
        kept = mailbox(ANN, node_id=kept_by)
        items: tuple[wire.Item, ...] = (kept, *moves)
        state.replace(self._generation, [change(item) for item in items])
        state.settle(self._generation, None, ())
        state.close()
        found = (duty_of(each, kept, node_id=self._node_id, mail_store=self.side.layout.mail_store) for each in moves)
        self.mover.set_duties({duty.move.address: duty for duty in found if duty is not None})

    async def moved(self) -> wire.Moved:
        async with asyncio.timeout(30):
            frame = await self.told.get()
        assert isinstance(frame, wire.Moved)
        return frame

    async def becomes(self, *, shut: bool) -> None:
        """Wait until the home is so."""
        async with asyncio.timeout(10):
            while is_shut(self.side.home) is not shut:  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.02)

    async def _send(self, frame: wire.FromAgent) -> None:
        if not self.is_connected:
            raise LinkDown
        self.told.put_nowait(frame)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with TemporaryDirectory(prefix="fp-moves-") as directory:
        Path(directory).chmod(0o755)  # the owner's tools must get through
        pair = Pair(Path(directory))
        pair.source.prepare()
        fill(pair.source)
        yield pair


@pytest_asyncio.fixture
async def source(pair: Pair) -> AsyncIterator[Agent]:
    agent = Agent(pair, pair.source, "a", "b")
    yield agent
    await agent.end()


@pytest_asyncio.fixture
async def target(pair: Pair) -> AsyncIterator[Agent]:
    agent = Agent(pair, pair.target, "b", "a")
    agent.mover.set_node(node(service_address=HOST))
    await agent.mover.until_listening()
    agent.wish("nod_a", move(role="target", peer_node_id="nod_a"))
    yield agent
    await agent.end()


async def test_a_mailbox_is_copied_closed_and_copied_to_the_end(source: Agent, target: Agent) -> None:
    source.wish("nod_a", move())
    copied = await source.moved()
    assert (copied.problem, copied.messages, copied.agrees) == (None, 3, False)
    assert copied.size_bytes > 0
    assert not is_shut(source.side.home)
    source.side.save("late")
    source.wish("nod_a", move(phase="final", number=2))
    moved = await source.moved()
    assert (moved.problem, moved.phase, moved.number, moved.messages, moved.agrees) == (None, "final", 2, 4, True)
    assert is_shut(source.side.home)
    assert target.side.mails() == source.side.mails()


async def test_what_was_left_shut_stays_so_after_the_switch(source: Agent, target: Agent) -> None:
    source.wish("nod_a", move(phase="final"))
    await source.moved()
    source.wish("nod_b")
    await source.end()
    source.begin()
    source.wish("nod_b", move(address=ANN, phase="final"))
    await asyncio.sleep(0.2)
    assert is_shut(source.side.home)
    assert source.told.empty()


async def test_a_move_that_is_given_up_in_its_last_pass_opens_the_mailbox_again(source: Agent, target: Agent) -> None:
    source.wish("nod_a", move(phase="final"))
    await source.becomes(shut=True)
    source.wish("nod_a")
    await source.becomes(shut=False)
    assert source.side.home.stat().st_uid == UID


async def test_going_back_to_copying_opens_the_mailbox_again(source: Agent, target: Agent) -> None:
    source.wish("nod_a", move(phase="final"))
    await source.moved()
    source.wish("nod_a", move(number=2))
    await source.becomes(shut=False)
    assert (await source.moved()).number == 2


async def test_a_new_life_opens_what_the_last_one_left_shut(pair: Pair, source: Agent) -> None:
    source.wish("nod_a")
    await source.end()
    shut_home(source.side.home, UID)
    source.begin()
    await source.becomes(shut=False)


async def test_a_new_life_makes_the_last_pass_again(source: Agent, target: Agent) -> None:
    source.wish("nod_a", move(phase="final"))
    await source.becomes(shut=True)
    await source.end()
    source.begin()
    source.wish("nod_a", move(phase="final"))
    moved = await source.moved()
    assert moved.agrees
    assert is_shut(source.side.home)


async def test_what_nobody_heard_is_said_again_while_there_is_the_move(source: Agent, target: Agent) -> None:
    source.is_connected = False
    source.wish("nod_a", move(), move())
    async with asyncio.timeout(20):
        while not source.mover.has_ended(ANN):  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.02)
    source.is_connected = True
    await source.mover.connected()
    assert (await source.moved()).number == 1
    source.wish("nod_a")
    await asyncio.sleep(0.1)
    await source.mover.connected()
    assert source.told.empty()


async def test_a_target_that_is_away_is_a_problem_that_is_told(source: Agent) -> None:
    source.wish("nod_a", move())
    moved = await source.moved()
    assert (moved.problem or "").startswith("b does not answer: ")
    assert not moved.agrees


async def test_a_target_that_has_forgotten_the_move_takes_nothing(source: Agent, target: Agent) -> None:
    target.wish("nod_a")
    source.wish("nod_a", move())
    assert "no such mailbox is to be taken here" in ((await source.moved()).problem or "")


async def test_what_somebody_put_into_the_copy_is_taken_out_again(source: Agent, target: Agent) -> None:
    source.wish("nod_a", move())
    await source.moved()
    target.side.save("strange")
    source.wish("nod_a", move(phase="final", number=2))
    if not (await source.moved()).agrees:
        source.wish("nod_a", move(number=3))
        await source.moved()
        source.wish("nod_a", move(phase="final", number=4))
        assert (await source.moved()).agrees
    assert target.side.mails() == source.side.mails()
