"""The whole mail path of a node on a real Postfix: from an offer to the last event."""

import asyncio
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from random import Random

import msgspec
import pytest

from tenant_agent import ledger, wire
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import NODE, Outside, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node

DONE = ["message.queued", "message.delivered"]


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[tuple[RealPostfix, Outside]]:
    async with real_postfix() as parts:
        yield parts


@pytest.fixture
def postfix(running: tuple[RealPostfix, Outside]) -> RealPostfix:
    """The node's Postfix, and an agent that knows nothing yet."""
    for path in running[0].layout.state.glob("mail.db*"):
        path.unlink()
    return running[0]


@pytest.fixture
def outside(running: tuple[RealPostfix, Outside]) -> Outside:
    running[1].received.clear()
    running[1].contents.clear()
    running[1].seconds_each = 0.0
    return running[1]


def tokens(batch: wire.Offer) -> list[str]:
    return [ledger.token_of(delivery.delivery_id) for delivery in batch.deliveries]


def all_done(control: FakeControl, batch: wire.Offer) -> bool:
    delivered = {event.delivery_id for event in control.events if event.type == "message.delivered"}
    return delivered >= {delivery.delivery_id for delivery in batch.deliveries}


def once_each(outside: Outside, batches: Sequence[wire.Offer]) -> bool:
    return outside.received == Counter(token for batch in batches for token in tokens(batch))


async def test_an_offer_becomes_mail_and_events(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch = offer(["bob@else.test", "bob@plain.test", "unknown@else.test", "grey@plain.test", "x@nowhere.test"])
    good, plain, unknown, grey, nowhere = batch.deliveries
    async with mail_work(postfix.layout, control):
        await control.offer(batch)
        await eventually(lambda: {good.delivery_id, plain.delivery_id} <= delivered(control))
        await eventually(lambda: control.types_of(grey)[:3] == ["message.queued", *["message.deferred"] * 2])
        await eventually(lambda: control.types_of(unknown) == ["message.queued", "message.bounced"])
        await eventually(lambda: control.types_of(nowhere) == ["message.queued", "message.bounced"])
    event = next(e for e in control.events if e.type == "message.delivered" and e.recipient == "bob@else.test")
    assert (event.attempt, event.dsn, event.reply, event.tls) == (1, "2.0.0", "250 2.0.0 Ok: stored", "TLSv1.3")
    route = wire.Route(pool_id="pool_t", generation=17, ip_id="ip_1", why="127.0.0.11, warm")
    assert (event.source_ip, event.route) == ("127.0.0.11", route)
    assert event.relay is not None
    assert event.relay.startswith("else.test[127.0.0.2]:")
    attempts = [e.attempt for e in control.events if e.delivery_id == grey.delivery_id]
    assert attempts == list(range(len(attempts)))
    assert outside.received == Counter([tokens(batch)[0], tokens(batch)[1]])
    assert any(b"\r\nTo: bob@else.test\r\n" in content for content in outside.contents)


def delivered(control: FakeControl) -> set[str]:
    return {event.delivery_id for event in control.events if event.type == "message.delivered"}


async def test_what_cannot_be_written_fails_at_once(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch = offer(["a b@else.test"])
    async with mail_work(postfix.layout, control):
        await control.offer(batch)
        await eventually(lambda: control.types_of(batch.deliveries[0]) == ["message.failed"])
    assert "is not a mail address" in (control.events[0].reply or "")


async def test_a_pool_without_an_address_waits_until_the_node_has_one(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch = offer(["bob@else.test"], pool_id="pool_new")
    async with mail_work(postfix.layout, control) as work:
        await control.offer(batch)
        await eventually(lambda: control.types_of(batch.deliveries[0]) == ["message.deferred"])
        ips = (msgspec.structs.replace(NODE.ips[0], pool_id="pool_new"), *NODE.ips[1:])
        work.set_node(msgspec.structs.replace(NODE, ips=ips), 18)
        await eventually(lambda: control.types_of(batch.deliveries[0])[1:] == DONE)
    assert once_each(outside, [batch])


async def test_nothing_is_injected_before_the_control_plane_says_yes(postfix: RealPostfix, outside: Outside) -> None:
    ours, theirs = offer(["bob@else.test"]), offer(["eve@else.test"])
    control = FakeControl(takes=lambda lease_id: lease_id == ours.lease_id)
    async with mail_work(postfix.layout, control):
        await control.offer(theirs)
        await control.offer(ours)
        await eventually(lambda: all_done(control, ours))
    assert once_each(outside, [ours])


async def test_a_node_that_was_given_up_sends_nothing_of_what_postfix_did_not_have_yet(
    postfix: RealPostfix, outside: Outside
) -> None:
    ours, given_up = (offer([to], pool_id="pool_new") for to in ("bob@else.test", "eve@else.test"))
    with_pool = msgspec.structs.replace(
        NODE, ips=(msgspec.structs.replace(NODE.ips[0], pool_id="pool_new"), *NODE.ips[1:])
    )
    control = FakeControl()
    async with mail_work(postfix.layout, control):
        await control.offer(given_up)
        await eventually(lambda: control.types_of(given_up.deliveries[0]) == ["message.deferred"])
        await control.disconnect()
    control = FakeControl(takes=lambda lease_id: lease_id == ours.lease_id)
    async with mail_work(postfix.layout, control, node=with_pool):
        await control.offer(ours)
        await eventually(lambda: all_done(control, ours))
    assert once_each(outside, [ours])


async def test_without_a_link_taken_mail_goes_out_and_is_told_of_later(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch, unanswered = offer(["bob@else.test"] * 20), offer(["eve@else.test"])
    async with mail_work(postfix.layout, control) as work:
        await control.offer(batch)
        await eventually(partial(has_received, outside, 1))
        await control.disconnect()
        await control.offer(unanswered)
        await eventually(lambda: once_each(outside, [batch]))
        assert not all_done(control, batch)
        await control.connect(work)
        await eventually(lambda: all_done(control, batch) and all_done(control, unanswered))
    assert all(control.types_of(delivery) == DONE for delivery in batch.deliveries)
    assert once_each(outside, [batch, unanswered])


async def test_credit_follows_what_postfix_has_taken(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    async with mail_work(postfix.layout, control, capacity=40):
        assert control.credit == 40
        batch = offer(["bob@else.test"] * 40)
        await control.offer(batch)
        await eventually(lambda: all_done(control, batch))
        await eventually(lambda: control.credit > 80 - 4)  # less than a tenth is not worth a frame


async def test_mail_waits_while_postfix_is_away(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch = offer(["bob@else.test"] * 30)
    await postfix.stop()
    async with mail_work(postfix.layout, control):
        await control.offer(batch)
        await eventually(lambda: bool(control.frames))
        await postfix.start()
        await eventually(lambda: all_done(control, batch))
    assert once_each(outside, [batch])


async def test_postfix_may_be_killed_at_any_moment(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch = offer(["bob@else.test"] * 200)
    async with mail_work(postfix.layout, control):
        await control.offer(batch)
        for received in (20, 80):
            await eventually(partial(has_received, outside, received))
            await postfix.stop()
            await postfix.start()
        await eventually(lambda: all_done(control, batch), seconds=30)
    # Postfix itself may deliver twice what it was killed over; nothing is lost, and nothing was injected twice.
    assert set(outside.received) == set(tokens(batch))
    queue_ids = [event.queue_id for event in control.events if event.type == "message.queued"]
    assert len(queue_ids) == len(set(queue_ids)) == 200
    assert all(control.types_of(delivery)[0] == "message.queued" for delivery in batch.deliveries)


async def test_what_a_kill_leaves_half_made_does_not_keep_postfix_from_starting(postfix: RealPostfix) -> None:
    await postfix.stop()
    half_made = postfix.layout.postfix_queue / "incoming" / "989671.93"
    half_made.touch(0o600)
    shutil.chown(half_made, "postfix")
    await postfix.start()
    await eventually(lambda: "bogus file name: incoming/989671.93" in postfix.log_text())


def has_received(outside: Outside, messages: int) -> bool:
    return outside.received.total() >= messages


async def test_the_log_may_be_rotated_under_way(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batches = [offer(["bob@else.test"] * 40) for _ in range(3)]
    async with mail_work(postfix.layout, control):
        for batch in batches:
            await control.offer(batch)
            await asyncio.to_thread(postfix.run, "postfix", "logrotate")
        await eventually(lambda: all(all_done(control, batch) for batch in batches))
    assert all(control.types_of(delivery) == DONE for batch in batches for delivery in batch.deliveries)


async def test_what_an_operator_removes_from_the_queue_has_failed(postfix: RealPostfix, outside: Outside) -> None:
    control = FakeControl()
    batch = offer(["grey@plain.test"])
    async with mail_work(postfix.layout, control):
        await control.offer(batch)
        await eventually(lambda: "message.deferred" in control.types_of(batch.deliveries[0]))
        await asyncio.to_thread(postfix.run, "postsuper", "-d", control.events[0].queue_id or "")
        await eventually(lambda: control.types_of(batch.deliveries[0])[-1] == "message.failed")


async def test_the_agent_may_be_killed_at_any_moment(postfix: RealPostfix, outside: Outside) -> None:
    """Kill -9 the agent again and again under load: nothing lost, nothing sent twice, each event told."""
    batches = [offer(["bob@else.test"] * 50) for _ in range(12)]
    (postfix.root / "offers").write_bytes(wire.encode(batches))
    (postfix.root / "events").write_bytes(b"")
    random = Random(7)
    outside.seconds_each = 0.05
    for received in (0, 60, 120, 180, 240, 300):
        async with agent_until_killed(postfix):
            await eventually(partial(has_received, outside, received + random.randrange(60)))
    assert not has_received(outside, 600), "all was sent before the last kill: give it more to do"
    async with agent_until_killed(postfix):
        await eventually(lambda: len(told(postfix, "message.delivered")) == 600, seconds=30)
    assert once_each(outside, batches)
    assert len(told(postfix, "message.queued")) == 600
    assert told(postfix, "message.failed") == told(postfix, "message.deferred") == set()


@asynccontextmanager
async def agent_until_killed(postfix: RealPostfix) -> AsyncIterator[None]:
    """Run the mail path in a process that is killed at the end."""
    command = [sys.executable, "-m", "tests.tenant_agent.mail_child", str(postfix.root)]
    child = await asyncio.create_subprocess_exec(
        *command, str(postfix.layout.ports.inject), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert child.stdout is not None
        await child.stdout.readuntil(b"working\n")
        yield
    finally:
        child.kill()
        await child.wait()


def told(postfix: RealPostfix, kind: str) -> set[tuple[str, str]]:
    """Give the delivery and the id of each event of a type that the control plane was told, repeats counting once."""
    lines = (postfix.root / "events").read_bytes().rpartition(b"\n")[0].splitlines()
    events = [msgspec.json.decode(line, type=wire.Event) for line in lines]
    return {(event.delivery_id, event.id) for event in events if event.type == kind}
