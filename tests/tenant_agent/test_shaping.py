"""Limits of a class of providers as its servers see them, through a real Postfix."""

from collections import Counter
from collections.abc import AsyncIterator

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.sending import Sending
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import NODE, Outside, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node

PLAIN_TEST = wire.ProviderClass(name="plain", domains=("plain.test",), connections=3, messages_per_connection=4)
SHAPING = wire.ShapingItem(release="r", classes=(wire.ProviderClass(name="generic", connections=20), PLAIN_TEST))
TWO = msgspec.structs.replace(NODE, ips=tuple(msgspec.structs.replace(ip, pool_id="pool_t") for ip in NODE.ips))


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[tuple[RealPostfix, Outside]]:
    async with real_postfix(shaping=SHAPING) as parts:
        yield parts


@pytest.fixture(autouse=True)
def fresh(running: tuple[RealPostfix, Outside]) -> None:
    for path in running[0].layout.state.glob("mail.db*"):
        path.unlink()
    outside = running[1]
    outside.received.clear()
    outside.by_connection.clear()
    outside.most_at_once = 0


async def send(postfix: RealPostfix, batch: wire.Offer, *, node: wire.NodeItem, sending: Sending) -> FakeControl:
    """Send a batch to its end."""
    control = FakeControl()
    async with mail_work(postfix.layout, control, node=node) as work:
        work.set_sending(sending)
        await control.offer(batch)
        await eventually(lambda: delivered(control, batch).total() == len(batch.deliveries), seconds=40)
    return control


def delivered(control: FakeControl, batch: wire.Offer) -> Counter[str | None]:
    ids = {each.delivery_id for each in batch.deliveries}
    done = {e.delivery_id: e.source_ip for e in control.events if e.type == "message.delivered"}
    return Counter(source for delivery_id, source in done.items() if delivery_id in ids)


async def test_a_class_has_its_connections_its_messages_on_each_and_its_source(
    running: tuple[RealPostfix, Outside],
) -> None:
    postfix, outside = running
    outside.seconds_each = 0.05
    control = await send(postfix, offer(["bob@plain.test"] * 40), node=NODE, sending=Sending(shaping=SHAPING))
    assert outside.most_at_once == 3
    assert max(outside.by_connection.values()) == 4
    assert {address for address, _ in outside.by_connection} == {"127.0.0.11"}
    assert {event.route.provider for event in control.events if event.route} == {"plain"}


async def test_a_connection_that_is_held_open_is_used_before_another_is_made(
    running: tuple[RealPostfix, Outside],
) -> None:
    """Postfix forgets of it when the queue runs empty, unless it is told to ask each time."""
    postfix, outside = running
    outside.seconds_each = 0.0
    control, batches = FakeControl(), [offer(["bob@plain.test"]) for _ in range(8)]
    async with mail_work(postfix.layout, control) as work:
        work.set_sending(Sending(shaping=SHAPING))
        for batch in batches:
            await control.offer(batch)
            await eventually(lambda batch=batch: delivered(control, batch).total() == 1)  # type: ignore[misc]
    assert len(outside.by_connection) <= 3, "those that the mail before left open"


async def test_other_destinations_are_not_held_to_it(running: tuple[RealPostfix, Outside]) -> None:
    postfix, outside = running
    outside.seconds_each = 0.3
    await send(postfix, offer(["bob@else.test"] * 40), node=NODE, sending=Sending(shaping=SHAPING))
    assert outside.most_at_once > 3


async def test_each_address_has_limits_of_its_own(running: tuple[RealPostfix, Outside]) -> None:
    postfix, outside = running
    outside.seconds_each = 0.05
    batch = offer(["bob@plain.test"] * 60)
    control = await send(postfix, batch, node=TWO, sending=Sending(shaping=SHAPING))
    assert 3 < outside.most_at_once <= 6
    assert set(delivered(control, batch)) == {"127.0.0.11", "127.0.0.12"}


async def test_an_address_that_warms_up_sends_its_share_and_the_rest_leaves_by_a_warm_one(
    running: tuple[RealPostfix, Outside],
) -> None:
    postfix, outside = running
    outside.seconds_each = 0.0
    ips = (msgspec.structs.replace(TWO.ips[0], status="warming"), TWO.ips[1])
    cap = wire.Cap(per_day=7, per_hour=7)
    warmup = wire.WarmupItem(ip_id="ip_1", address="127.0.0.11", step=2, caps={"generic": cap})
    sending = Sending(shaping=SHAPING, warmups=(warmup,))
    node = msgspec.structs.replace(TWO, ips=ips)
    first, second = offer(["bob@plain.test"] * 60), offer(["bob@plain.test"] * 20)
    control = await send(postfix, first, node=node, sending=sending)
    assert delivered(control, first) == {"127.0.0.11": 7, "127.0.0.12": 53}
    again = await send(postfix, second, node=node, sending=sending)
    assert delivered(again, second) == {"127.0.0.12": 20}, "what was sent is remembered over a restart"
    steps = {event.route.warmup_step for event in control.events if event.route and event.source_ip == "127.0.0.11"}
    assert steps == {2}


async def test_a_pace_is_kept_and_what_must_wait_for_long_is_given_back(
    running: tuple[RealPostfix, Outside],
) -> None:
    postfix, _ = running
    slow = msgspec.structs.replace(PLAIN_TEST, per_minute=1.0)
    control = FakeControl(takes_returns=True)
    batch = offer(["bob@plain.test"] * 10)
    async with mail_work(postfix.layout, control) as work:
        work.set_sending(Sending(shaping=msgspec.structs.replace(SHAPING, classes=(SHAPING.classes[0], slow))))
        await control.offer(batch)
        await eventually(lambda: delivered(control, batch).total() == 1 and len(control.returned) >= 8)
    assert "keeps to its pace" in control.returned[0].reason
    assert control.returned[0].not_before_ms > 0
