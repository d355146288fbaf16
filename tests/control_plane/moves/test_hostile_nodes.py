"""What a node says of moves that are not its own, or not asked for, switches nothing."""

from typing import Any

import pytest
from litestar import Litestar

from tenant_agent import wire
from tests.control_plane.conftest import MakeNode
from tests.control_plane.link_client import LinkClient, greeted
from tests.control_plane.moves.conftest import Operator, Pair, home_of


@pytest.fixture
async def closed(fleet: Operator, pair: Pair) -> wire.MoveItem:
    """A mailbox that is closed: one word of its source, and it is elsewhere."""
    await fleet.ask(mailbox=pair.address)
    return await pair.until_closed()


async def stays(pair: Pair, closed: wire.MoveItem) -> bool:
    return await home_of(pair.db, pair.address) == pair.source.public_id and await pair.asked() == closed


async def test_only_the_source_of_that_very_move_is_believed(
    pair: Pair, closed: wire.MoveItem, make_node: MakeNode
) -> None:
    bystander = await make_node()
    for node in (pair.target, bystander):
        await pair.say(node)
        await pair.say(node, problem="it hurts")
    assert await stays(pair, closed)


@pytest.mark.parametrize(
    "said",
    [
        {"number": 1},
        {"number": 99},
        {"number": -1},
        {"number": 2**62},
        {"phase": "copy"},
        {"phase": "done"},
        {"phase": "final\N{REPLACEMENT CHARACTER}"},
        {"move_id": ""},
        {"move_id": "mov_x"},
        {"move_id": "mov_06h06e7i6lrff1pbna1bralnec"},
        {"move_id": "mvb_06h06e7i6ltnbd492ncc8vqfpc"},
        {"move_id": "9" * 2000},
    ],
    ids=str,
)
async def test_what_was_not_asked_for_is_passed_over(pair: Pair, closed: wire.MoveItem, said: dict[str, Any]) -> None:
    await pair.say(**said)
    assert await stays(pair, closed)


async def test_a_word_from_an_earlier_move_of_the_same_mailbox_is_worth_nothing(
    pair: Pair, closed: wire.MoveItem, fleet: Operator
) -> None:
    [move] = (await fleet.get("?limit=1")).json()["data"]
    await fleet.post(f"/{move['id']}/abort")
    await fleet.post(f"/{move['id']}/retry")
    await pair.drive()
    again = await pair.asked()
    await pair.say(phase="final", number=closed.number, agrees=True)
    assert await stays(pair, again)
    assert again.number > closed.number


async def test_what_a_source_counts_is_cut_to_what_can_be(pair: Pair, fleet: Operator) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    await pair.say(messages=2**62, size_bytes=-(2**62))
    counted = await fleet.move(batch)
    assert (counted["messages"], counted["size_bytes"]) == (2**31, 0)


async def test_a_reason_is_kept_as_one_readable_line(pair: Pair, fleet: Operator) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    await pair.say(problem="no\nroute\x1b[31m" + "!" * 5000)
    problem = (await fleet.move(batch))["problem"]
    assert isinstance(problem, str)
    assert problem.startswith("no route [31m!")
    assert len(problem) <= 500


async def test_garbage_on_the_link_ends_nothing(
    app: Litestar, pair: Pair, closed: wire.MoveItem, make_node: MakeNode
) -> None:
    eve = await make_node()
    garbage = [
        wire.Moved(move_id=closed.move_id, address=closed.address, phase="final", number=closed.number, agrees=True),
        wire.Moved(move_id="\0", address="\0" * 99, phase="\N{PILE OF POO}", number=-(2**63), problem="\0"),
        wire.Moved(move_id="x" * 100_000, address="", phase="", number=2**63 - 1, messages=-1, size_bytes=-1),
    ]
    async with greeted(app, eve.credential) as agent:
        for frame in garbage * 20:
            await agent.send(frame)
        assert await answers(agent)
    assert await stays(pair, closed)


async def answers(agent: LinkClient) -> bool:
    await agent.send(wire.Report(batch=1, events=()))
    return (await agent.next(wire.Received)).batch == 1
