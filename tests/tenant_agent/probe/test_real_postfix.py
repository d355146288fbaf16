"""Probes through a real Postfix to servers outside."""

from collections.abc import AsyncIterator
from email import message_from_bytes

import msgspec
import pytest

from tenant_agent import wire
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work
from tests.tenant_agent.real_postfix import NODE, Outside, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node

Running = tuple[RealPostfix, Outside]


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    async with real_postfix() as parts:
        yield parts


@pytest.fixture(autouse=True)
def fresh_memory(running: Running) -> None:
    for path in running[0].layout.state.glob("mail.db*"):
        path.unlink()
    running[1].received.clear()
    running[1].contents.clear()


def item(recipient: str, number: int = 1) -> wire.DaemonsItem:
    return wire.DaemonsItem(release="rol_1", probe=wire.Probe(number=number, recipient=recipient))


def probed(control: FakeControl) -> list[wire.Probed]:
    return [frame for frame in control.frames if isinstance(frame, wire.Probed)]


async def outcome_of(running: Running, asked: wire.DaemonsItem, *, node: wire.NodeItem = NODE) -> wire.Probed:
    control = FakeControl()
    async with mail_work(running[0].layout, control, node=node) as work:
        work.probe(asked)
        await eventually(lambda: bool(probed(control)))
    assert control.events == [], "the probe is nobody's event"
    (outcome,) = probed(control)
    return outcome


async def test_one_that_arrives_is_told_with_the_other_servers_words(running: Running) -> None:
    outcome = await outcome_of(running, item("bob@else.test"))
    assert outcome == wire.Probed(release="rol_1", number=1, delivered=True, reply="2.0.0 250 2.0.0 Ok: stored")
    mail = message_from_bytes(running[1].contents[0])
    assert (mail["From"], mail["To"]) == ("postmaster@n1.fleetpost.test", "bob@else.test")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [address for address, _ in running[1].by_connection] == ["127.0.0.11"]


@pytest.mark.parametrize(
    ("recipient", "reply"),
    [("grey@plain.test", "Greylisted"), ("unknown@else.test", "User unknown"), ("ann@dead.test", "Connection refused")],
)
async def test_one_that_does_not_is_told_with_the_reason_and_does_not_stay_in_the_queue(
    running: Running, recipient: str, reply: str
) -> None:
    postfix, outside = running
    control = FakeControl()
    async with mail_work(postfix.layout, control) as work:
        work.probe(item(recipient))
        await eventually(lambda: bool(probed(control)))
        await eventually(lambda: not list((postfix.layout.postfix_queue / "deferred").glob("*/*")))
    (outcome,) = probed(control)
    assert (outcome.delivered, reply in outcome.reply) == (False, True)
    assert not outside.received
    assert control.events == []


async def test_each_number_is_made_once_and_told_on_each_connection(running: Running) -> None:
    _, outside = running
    first = await outcome_of(running, item("bob@else.test"))
    assert await outcome_of(running, item("bob@else.test")) == first, "of a former life"
    assert outside.received.total() == 1
    assert (await outcome_of(running, item("bob@else.test", 2))).number == 2
    assert outside.received.total() == 2


async def test_a_lost_connection_has_it_told_again(running: Running) -> None:
    control = FakeControl()
    async with mail_work(running[0].layout, control) as work:
        work.probe(item("bob@else.test"))
        await eventually(lambda: len(probed(control)) == 1)
        await control.disconnect()
        await control.connect(work)
        await eventually(lambda: len(probed(control)) == 2)
    assert running[1].received.total() == 1


async def test_an_address_that_takes_no_mail_is_not_used_for_it(running: Running) -> None:
    first, second = NODE.ips
    node = msgspec.structs.replace(NODE, ips=(msgspec.structs.replace(first, status="quarantined"), second))
    running[1].by_connection.clear()
    await outcome_of(running, item("bob@else.test"), node=node)
    assert [address for address, _ in running[1].by_connection] == ["127.0.0.12"]
