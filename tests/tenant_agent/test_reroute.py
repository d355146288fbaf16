"""Mail in a real Postfix's queue whose way is closed: it leaves by another one, once, and its events go on."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import NODE, Outside, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node

TWO = msgspec.structs.replace(NODE, ips=tuple(msgspec.structs.replace(ip, pool_id="pool_t") for ip in NODE.ips))
SUSPEND = wire.ReplyRule(name="full", pattern="Mailbox full", action="suspend", threshold=1, for_seconds=600)
BOUNCE = wire.ReplyRule(name="too-busy", pattern="Try again later", action="bounce")


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[tuple[RealPostfix, Outside]]:
    async with real_postfix() as parts:
        yield parts


@pytest.fixture(autouse=True)
def fresh_memory(running: tuple[RealPostfix, Outside]) -> None:
    """An agent that knows nothing yet, and an outside that has received nothing."""
    for path in running[0].layout.state.glob("mail.db*"):
        path.unlink()
    running[1].received.clear()


def with_status(number: int, status: str) -> wire.NodeItem:
    ips = [msgspec.structs.replace(ip, status=status) if place == number else ip for place, ip in enumerate(TWO.ips)]
    return msgspec.structs.replace(TWO, ips=tuple(ips))


def sources(control: FakeControl, kind: str = "message.deferred") -> Counter[str | None]:
    return Counter(event.source_ip for event in control.events if event.type == kind)


async def test_what_an_address_has_in_the_queue_leaves_by_another_when_it_is_quarantined(
    running: tuple[RealPostfix, Outside],
) -> None:
    postfix, outside = running
    control = FakeControl()
    batch = offer(["grey@plain.test"] * 12)
    tokens = {each.delivery_id for each in batch.deliveries}
    async with mail_work(postfix.layout, control, node=TWO) as work:
        await control.offer(batch)
        await eventually(lambda: len(sources(control)) == 2)
        work.set_node(with_status(0, "quarantined"), 18)
        await eventually(
            lambda: {e.delivery_id for e in control.events if e.source_ip == "127.0.0.12"} == tokens, seconds=30
        )
        outside.open.add("grey")
        await eventually(
            lambda: {e.delivery_id for e in control.events if e.type == "message.delivered"} == tokens, seconds=30
        )
        outside.open.clear()
    assert outside.received.total() == 12
    assert set(outside.received.values()) == {1}
    assert sources(control, "message.delivered") == {"127.0.0.12": 12}
    for each in batch.deliveries:
        events = [event for event in control.events if event.delivery_id == each.delivery_id]
        assert [event.attempt for event in events] == list(range(len(events))), "the timeline goes on"
        assert events[-1].route is not None
        assert events[-1].route.ip_id == "ip_2"


async def test_a_rule_suspends_a_way_and_its_mail_goes_round_it(running: tuple[RealPostfix, Outside]) -> None:
    postfix, _ = running
    control = FakeControl()
    shaping = wire.ShapingItem(release="r", classes=(wire.ProviderClass(name="generic"),), rules=(SUSPEND,))
    first = offer(["full@plain.test"])
    async with mail_work(postfix.layout, control, node=TWO) as work:
        work.set_sending(Sending(shaping=shaping))
        await control.offer(first)
        await eventually(lambda: sources(control, "message.bounced").total() > 0)
        (suspended,) = sources(control, "message.bounced")
        await eventually(lambda: len(work.add_to(wire.Heartbeat(at_ms=0, generation=0)).reactions) == 1)
        others = offer(["bob@plain.test"] * 20)
        await control.offer(others)
        await eventually(lambda: sources(control, "message.delivered").total() == 20)
    assert suspended not in sources(control, "message.delivered")


async def test_a_rule_gives_up_a_delivery(running: tuple[RealPostfix, Outside]) -> None:
    postfix, _ = running
    control = FakeControl()
    shaping = wire.ShapingItem(release="r", classes=(wire.ProviderClass(name="generic"),), rules=(BOUNCE,))
    batch = offer(["busy@plain.test"])
    async with mail_work(postfix.layout, control, node=TWO) as work:
        work.set_sending(Sending(shaping=shaping))
        await control.offer(batch)
        await eventually(lambda: control.types_of(batch.deliveries[0])[-1:] == ["message.failed"], seconds=30)
        await asyncio.sleep(0)
    assert "given up by the rule too-busy" in (control.events[-1].reply or "")
