"""Looking at the node now and then."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.layout import Layout, Ports
from tenant_agent.state import State
from tenant_agent.vitals.deferred import Listing
from tenant_agent.vitals.observer import Observer

GROUP = wire.QueueGroup("x.test", "", (1, 0, 0, 0, 0, 0))


class Queue:
    """A listing that takes a while, and counts how often it was asked for."""

    def __init__(self, clock: ManualClock, takes_ms: int = 0) -> None:
        self.clock, self.takes_ms, self.listings = clock, takes_ms, 0

    def list(self, now_ms: int) -> Listing:
        del now_ms
        self.listings += 1
        self.clock.move(self.takes_ms / 1000)
        return Listing((GROUP,), is_whole=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(now_ms=1_700_000_000_000)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.under(tmp_path, ports=Ports(scanner_controller=1))
    State(layout.state_database).close()
    return layout


def beat(deferred: int) -> wire.Heartbeat:
    return wire.Heartbeat(at_ms=1, generation=1, queue={"deferred": deferred})


async def test_the_queue_is_listed_when_its_count_has_changed_or_after_ten_minutes(
    layout: Layout, clock: ManualClock
) -> None:
    queue = Queue(clock)
    observer = Observer(layout, clock, list_deferred=queue.list)
    observer.add(beat(0))
    await observer.look()
    assert queue.listings == 0, "nothing is deferred"
    observer.add(beat(3))
    for _ in range(3):
        await observer.look()
        clock.move(60)
    assert queue.listings == 1
    assert observer.add(beat(4)).destinations == (GROUP,)
    await observer.look()
    assert queue.listings == 2
    clock.move(600)
    await observer.look()
    assert queue.listings == 3, "ages change though the count does not"
    assert observer.add(beat(0)).destinations == ()


async def test_each_destination_is_told_with_its_class(layout: Layout, clock: ManualClock) -> None:
    queue = Queue(clock)
    observer = Observer(layout, clock, list_deferred=queue.list, provider_of=lambda domain: f"class of {domain}")
    observer.add(beat(1))
    await observer.look()
    assert [group.provider for group in observer.add(beat(1)).destinations] == ["class of x.test"]


async def test_a_listing_that_takes_long_is_repeated_late(layout: Layout, clock: ManualClock) -> None:
    queue = Queue(clock, takes_ms=10_000)
    observer = Observer(layout, clock, list_deferred=queue.list)
    for count in range(1, 8):
        observer.add(beat(count))
        await observer.look()
        clock.move(60)
    assert queue.listings == 2, "five minutes of pause for ten seconds of listing"


async def test_errors_are_told_with_every_beat_and_silent_neighbours_are_left_out(
    layout: Layout, clock: ManualClock
) -> None:
    observer = Observer(layout, clock, errors=lambda: ("12:00 link.down",))
    await observer.look()
    told = observer.add(beat(0))
    assert (told.errors, told.rspamd, told.certificates) == (("12:00 link.down",), {}, {"held": 0})
