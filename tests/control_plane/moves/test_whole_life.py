"""A mailbox moves: asked for, copied in passes, closed, switched; and each of two nodes knows its part."""

from datetime import timedelta

import httpx
import msgspec
from litestar import Litestar

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.moves import service as moves
from control_plane.nodes import service as nodes
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode
from tests.control_plane.link_client import greeted
from tests.control_plane.moves.conftest import Operator, Pair, home_of


async def catch_up(db: Database, *all_nodes: FleetNode) -> None:
    """Let nodes have everything in force."""
    for node in all_nodes:
        await nodes.applied(db, node.id, await nodes.desired_generation(db, node.id), [])


async def test_a_mailbox_moves_to_the_other_node(fleet: Operator, pair: Pair, db: Database) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    first, other = await pair.asked(), await pair.item(pair.target)
    assert (first.role, first.phase, first.number, first.peer_node_id) == ("source", "copy", 1, pair.target.public_id)
    assert isinstance(other, wire.MoveItem)
    assert (other.role, other.peer_node_id, other.move_id) == ("target", pair.source.public_id, first.move_id)
    await pair.say()
    assert (await pair.asked()).number == 2
    await pair.say()
    final = await pair.asked()
    assert (final.phase, final.number) == ("final", 3)
    assert (await fleet.move(batch))["status"] == "final"
    assert await home_of(db, pair.address) == pair.source.public_id, "until the source agrees, it is in force"
    await pair.say()
    assert await home_of(db, pair.address) == pair.target.public_id
    assert (await pair.item(pair.source), await pair.item(pair.target)) == (None, None)
    for node in (pair.source, pair.target):
        told = await pair.item(node, "mailbox")
        assert isinstance(told, wire.MailboxItem)
        assert told.node_id == pair.target.public_id
    assert (await fleet.move(batch))["status"] == "switched"
    await catch_up(db, pair.source, pair.target)
    await pair.drive()
    over = await fleet.move(batch)
    assert (over["status"], over["passes"], over["messages"]) == ("done", 2, 3)
    shown = (await fleet.get(f"/batches/{batch['id']}")).json()
    assert (shown["status"], shown["mailboxes"], shown["arrived"], shown["bytes_moved"]) == ("done", 1, 1, 5000)


async def test_the_source_keeps_its_copy_for_a_week(fleet: Operator, pair: Pair, clock: FixedClock) -> None:
    await fleet.ask(mailbox=pair.address, to=pair.target.name)
    await pair.until_closed()
    await pair.say()
    await pair.drive()
    assert isinstance(await pair.item(pair.source, "home"), wire.HomeItem)
    assert await pair.item(pair.target, "home") is None
    clock.move(timedelta(days=6))
    await pair.drive()
    assert await pair.item(pair.source, "home") is not None
    clock.move(timedelta(days=1))
    await pair.drive()
    assert await pair.item(pair.source, "home") is None


async def test_a_mailbox_that_has_moved_can_move_back(fleet: Operator, pair: Pair, db: Database) -> None:
    await fleet.ask(mailbox=pair.address)
    await pair.until_closed()
    await pair.say()
    back = Pair(db, pair.clock, pair.target, pair.source, pair.address)
    await fleet.ask(mailbox=pair.address)
    await back.until_closed()
    await back.say()
    assert await home_of(db, pair.address) == pair.source.public_id
    assert await pair.item(pair.source, "home") is None, "it is its home again"
    assert await pair.item(pair.target, "home") is not None


async def test_agents_drive_it_over_their_links(
    app: Litestar, fleet: Operator, pair: Pair, db: Database, runtime: Runtime
) -> None:
    """The source hears by the link what is asked of it, and answers there."""
    await fleet.ask(mailbox=pair.address)
    await moves.drive(runtime.db, runtime.clock)
    async with greeted(app, pair.source.credential) as source:
        done = [0]
        while await home_of(db, pair.address) == pair.source.public_id:
            for change in [each for frame in await source.whole_state() for each in frame.changes]:
                if change.kind == "move" and change.payload is not None:
                    item = _read(change.payload)
                    if item.number > done[-1]:
                        done.append(item.number)
                        await source.send(_answer(item))
            await moves.drive(runtime.db, runtime.clock)
            await source.until(lambda: _moved_on(pair, done))
    assert done == [0, 1, 2, 3]


async def _moved_on(pair: Pair, done: list[int]) -> bool:
    item = await pair.item(pair.source)
    return not isinstance(item, wire.MoveItem) or item.number > done[-1]


def _read(payload: bytes) -> wire.MoveItem:
    return msgspec.msgpack.decode(payload, type=wire.MoveItem)


def _answer(item: wire.MoveItem) -> wire.Moved:
    return wire.Moved(
        move_id=item.move_id,
        address=item.address,
        phase=item.phase,
        number=item.number,
        messages=1,
        size_bytes=10,
        agrees=item.phase == "final",
    )


async def test_the_tenants_own_log_says_that_it_moved(
    fleet: Operator, pair: Pair, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    await fleet.ask(mailbox=pair.address)
    await pair.until_closed()
    await pair.say()
    log = (await client.get("/v1/audit-log", headers=tenant.headers)).json()["data"]
    assert log[0]["action"] == "mailboxes.move"


async def test_what_was_asked_for_is_asked_for_once_however_often_one_looks(fleet: Operator, pair: Pair) -> None:
    await fleet.ask(mailbox=pair.address)
    for _ in range(3):
        await pair.drive()
    assert (await pair.asked()).number == 1


async def test_a_pass_that_is_told_again_counts_once(fleet: Operator, pair: Pair) -> None:
    """A source tells again on each connection: the answer may have been lost with the last one."""
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    for _ in range(3):
        await pair.say(number=1)
    assert (await fleet.move(batch))["passes"] == 1
    assert (await pair.asked()).number == 2
