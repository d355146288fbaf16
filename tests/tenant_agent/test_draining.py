"""A node that cannot send what it has taken gives it back: nothing is lost, and nothing goes out twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random

import msgspec
import pytest

from tenant_agent import ledger, wire
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import NODE, Outside, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node

DRAINING = msgspec.structs.replace(NODE, draining=True)


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[tuple[RealPostfix, Outside]]:
    async with real_postfix() as parts:
        yield parts


@pytest.fixture
def postfix(running: tuple[RealPostfix, Outside]) -> RealPostfix:
    for path in running[0].layout.state.glob("mail.db*"):
        path.unlink()
    running[1].received.clear()
    return running[0]


def ids(batch: wire.Offer) -> set[str]:
    return {each.delivery_id for each in batch.deliveries}


async def test_a_node_that_drains_gives_back_what_postfix_does_not_have(
    postfix: RealPostfix, running: tuple[RealPostfix, Outside]
) -> None:
    control = FakeControl(takes_returns=True)
    batch = offer(["bob@else.test"] * 300)
    async with mail_work(postfix.layout, control) as work:
        await control.offer(batch)
        await eventually(lambda: running[1].received.total() > 20)
        work.set_node(DRAINING, 18)
        seen = control.credit
        await eventually(lambda: bool(control.returned))
        done = ids(batch)
        await eventually(
            lambda: (
                done
                == {e.delivery_id for e in control.events if e.type == "message.delivered"}
                | {each.delivery_id for each in control.returned}
            )
        )
        assert control.credit == seen, "it asks for nothing more"
    sent = {f"dlv_{token}" for token in running[1].received}
    assert sent.isdisjoint(each.delivery_id for each in control.returned)
    assert set(running[1].received.values()) == {1}
    assert {each.lease_id for each in control.returned} == {batch.lease_id}


async def test_a_pool_that_has_no_address_here_goes_elsewhere_at_once(postfix: RealPostfix) -> None:
    control = FakeControl(takes_returns=True)
    batch = offer(["bob@else.test"], pool_id="pool_elsewhere")
    async with mail_work(postfix.layout, control):
        await control.offer(batch)
        await eventually(lambda: len(control.returned) == 1)
    assert "no sending address in pool_elsewhere" in control.returned[0].reason
    assert control.events == []


async def test_what_nobody_has_accepted_is_told_again_on_each_connection_and_never_sent(
    postfix: RealPostfix, running: tuple[RealPostfix, Outside]
) -> None:
    control = FakeControl(takes_returns=True)
    batch = offer(["bob@else.test"])
    async with mail_work(postfix.layout, control, node=DRAINING) as work:
        await control.offer(batch)
        await eventually(lambda: len(control.returned) == 1)
        await eventually(lambda: not work.given_back())
    control = FakeControl(takes_returns=True)
    control.answers = False
    again = offer(["eve@else.test"])
    async with mail_work(postfix.layout, control, node=DRAINING) as work:
        await control.offer(again)
        await work.taken(wire.Taken(lease_id=again.lease_id, yours=True))
        await eventually(lambda: any(isinstance(frame, wire.Return) for frame in control.frames))
    control = FakeControl(takes_returns=True)
    async with mail_work(postfix.layout, control) as work:
        await eventually(lambda: ids(again) == {each.delivery_id for each in control.returned})
        await eventually(lambda: not work.given_back())
    assert not running[1].received


async def test_each_delivery_is_sent_or_given_back_however_often_the_agent_dies(
    postfix: RealPostfix, running: tuple[RealPostfix, Outside]
) -> None:
    """The agent is stopped at any moment while it drains, fills and drains again."""
    batch, chance = offer(["bob@else.test"] * 200), Random(5)
    returned: set[str] = set()
    delivered: set[str] = set()
    for life in range(8):
        control = FakeControl(takes_returns=True)
        async with mail_work(postfix.layout, control, node=DRAINING if life % 2 else NODE):
            await control.offer(batch)
            await asyncio.sleep(chance.uniform(0.0, 0.15))
        returned |= {each.delivery_id for each in control.returned}
        delivered |= {e.delivery_id for e in control.events if e.type == "message.delivered"}
    control = FakeControl(takes_returns=True)
    async with mail_work(postfix.layout, control):
        await eventually(
            lambda: (
                returned
                | delivered
                | {each.delivery_id for each in control.returned}
                | {e.delivery_id for e in control.events if e.type == "message.delivered"}
                >= ids(batch)
            ),
            seconds=30,
        )
    assert set(running[1].received.values()) <= {1}
    assert Counter(ledger.token_of(each) for each in ids(batch)) >= Counter(running[1].received)
