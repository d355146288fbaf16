"""What the node says of itself."""

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.heartbeat import Heart, daemon_versions, queue_counts
from tenant_agent.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.under(tmp_path)
    layout.state.mkdir(parents=True)
    for path in ("active/A", "deferred/1/B", "deferred/1/C", "deferred/F/D"):
        file = layout.postfix_queue / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return layout


def test_queue_files_are_counted_through_their_hash_directories(layout: Layout) -> None:
    assert queue_counts(layout.postfix_queue) == {"incoming": 0, "active": 1, "deferred": 3, "hold": 0}


async def test_it_beats_at_once_and_then_at_the_interval_until_it_is_stopped(layout: Layout) -> None:
    sent: asyncio.Queue[wire.FromAgent] = asyncio.Queue()
    waits: list[float] = []
    beat_again = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await beat_again.wait()

    heart = Heart(
        layout,
        agent_version="1.2",
        send=sent.put,
        generation=lambda: 7,
        spooled=lambda: 3,
        inbound=lambda: 2,
        clock=ManualClock(now_ms=1000),
        additions=(lambda beat: msgspec.structs.replace(beat, relays_open={"rly_1": "454 try later"}),),
        sleep=sleep,
    )
    heart.start(10.0)
    async with asyncio.timeout(10):
        beat = await sent.get()
    heart.stop()
    assert isinstance(beat, wire.Heartbeat)
    assert (beat.at_ms, beat.generation, beat.spool_events, beat.queue["deferred"]) == (1000, 7, 3, 3)
    assert 0 < beat.disk_free_bytes <= beat.disk_total_bytes
    assert beat.relays_open == {"rly_1": "454 try later"}, "what other parts of the agent add"
    assert beat.versions["agent"] == "1.2"


async def test_a_part_in_trouble_is_left_out_and_the_node_beats_on(layout: Layout) -> None:
    sent: asyncio.Queue[wire.FromAgent] = asyncio.Queue()

    def fail(beat: wire.Heartbeat) -> wire.Heartbeat:
        raise sqlite3.OperationalError("database or disk is full")

    heart = Heart(
        layout,
        agent_version="1.2",
        send=sent.put,
        generation=lambda: 7,
        spooled=lambda: 0,
        inbound=lambda: 0,
        clock=ManualClock(),
        additions=(fail, lambda beat: msgspec.structs.replace(beat, relays_open={"rly_1": "454"})),
        sleep=lambda _: asyncio.sleep(0),
    )
    heart.start(10.0)
    async with asyncio.timeout(10):
        beats = [await sent.get() for _ in range(2)]
    heart.stop()
    assert [beat.relays_open for beat in beats if isinstance(beat, wire.Heartbeat)] == [{"rly_1": "454"}] * 2


async def test_hurried_it_beats_once_more_however_often_it_is_hurried(layout: Layout) -> None:
    sent: asyncio.Queue[wire.FromAgent] = asyncio.Queue()
    moment = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await (moment if seconds < 1 else asyncio.Event()).wait()

    heart = Heart(
        layout,
        agent_version="1.2",
        send=sent.put,
        generation=lambda: 7,
        spooled=lambda: 0,
        inbound=lambda: 0,
        clock=ManualClock(),
        sleep=sleep,
    )
    heart.hurry()  # nobody listens yet
    heart.start(10.0)
    async with asyncio.timeout(10):
        await sent.get()
        for _ in range(3):
            heart.hurry()
        assert sent.empty()
        moment.set()
        await sent.get()
    heart.stop()
    assert sent.empty()


@pytest.mark.node
async def test_the_daemons_versions_are_their_own_words() -> None:
    versions = await daemon_versions()
    assert versions.keys() == {"postfix", "dovecot", "rspamd"}
    assert all(version[0].isdigit() for version in versions.values())
