"""Whatever the control plane says, the agent survives, keeps what it has, and takes what is sensible afterwards."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenant_agent import offers, wire
from tenant_agent.project import Table
from tests.tenant_agent.hostile import broken, hostile
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.samples import change, domain, mailbox, node

FRAMES = st.one_of(*map(hostile, (wire.Changes, wire.Offer, wire.Taken, wire.Received, wire.AskDigests, wire.Bundle)))
SOME = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(
    st.one_of(FRAMES, hostile(wire.Welcome), hostile(wire.Accepted)),
    st.integers(0, 50),
    st.integers(0),
    st.integers(0, 255),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_frame_that_is_broken_on_the_way_is_read_or_refused(frame: object, cut: int, place: int, value: int) -> None:
    data = broken(wire.encode(frame), cut, place, value)
    try:
        wire.decode_from_control(data)
    except msgspec.MsgspecError:
        return


@given(hostile(wire.Offer))
@settings(max_examples=200, deadline=None)
def test_an_offer_is_sensible_or_refused(offer: wire.Offer) -> None:
    try:
        offers.check(offer)
    except offers.Senseless:
        return
    assert all(0 <= delivery.message < len(offer.messages) for delivery in offer.deliveries)


@given(st.lists(hostile(wire.Changes), min_size=1, max_size=4))
@SOME
async def test_hostile_changes_hold_nothing_up(
    tmp_path_factory: pytest.TempPathFactory, frames: list[wire.Changes]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("node"))
    for frame in frames:
        crossed = wire.decode_from_control(wire.encode(frame))
        assert isinstance(crossed, wire.Changes)
        await bench.loop.received(crossed)
        await bench.loop.tick()
    await bench.loop.disconnected()
    await bench.take(7, change(node()), change(domain()), change(mailbox()), snapshot=True)
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}
    assert any(isinstance(frame, wire.Applied) and frame.generation == 7 for frame in bench.sent)
    bench.state.close()
