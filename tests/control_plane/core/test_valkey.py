"""Signals on a real Valkey: who listens hears, whatever happens to the connection."""

import asyncio
import secrets
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import pytest
from redis.exceptions import RedisError

from control_plane.core import valkey_connections
from control_plane.core.outbox import Signal
from control_plane.core.valkey import Client, Listener, Signals, connect


@pytest.fixture
async def client(servers: dict[str, str]) -> AsyncGenerator[Client]:
    opened = connect(servers["REDIS_URL"])
    yield opened
    await opened.aclose()


@pytest.fixture
async def signals(client: Client) -> AsyncGenerator[Signals]:
    opened = Signals(client)
    yield opened
    await opened.close()


def some_channel() -> str:
    return f"test:{secrets.token_hex(8)}"


async def heard(signals: Signals, listener: Listener, channel: str) -> bool:
    """Signal until it is heard: signals sent while Valkey was away are lost."""
    for _ in range(20):
        await signals.publish([Signal(channel, "here")])
        if await listener.next(0.3) == "here":
            return True
    return False


async def test_all_who_begin_to_listen_at_the_same_time_are_heard_however_long_it_was_quiet(signals: Signals) -> None:
    """After half a minute redis-py asks Valkey whether it is there, with the first command that is sent."""
    async with signals.listen(some_channel()):
        await asyncio.sleep(0)
    assert signals._pubsub.connection is not None
    signals._pubsub.connection.next_health_check = -1.0
    channels = [some_channel() for _ in range(5)]
    async with AsyncExitStack() as opened:
        listeners = await asyncio.gather(*(opened.enter_async_context(signals.listen(each)) for each in channels))
        await signals.publish([Signal(each, each) for each in channels])
        assert [await listener.next(2) for listener in listeners] == channels


async def test_listeners_are_heard_again_after_the_connection_was_lost(client: Client, signals: Signals) -> None:
    before, after = some_channel(), some_channel()
    async with signals.listen(before) as old:
        assert await heard(signals, old, before)
        await client.client_kill_filter(_type="pubsub")
        async with signals.listen(after) as new:
            assert await heard(signals, old, before)
            assert await heard(signals, new, after)


async def test_who_stops_listening_takes_nobody_with_them(signals: Signals) -> None:
    channel = some_channel()
    async with signals.listen(channel) as staying:
        async with signals.listen(channel):
            pass
        assert await heard(signals, staying, channel)


async def test_an_ear_hears_its_own_channel_without_anybody_waiting(signals: Signals) -> None:
    mine, other = some_channel(), some_channel()
    heard: list[str] = []
    async with signals.hear({mine: heard.append}), signals.listen(other) as listener:
        await signals.publish([Signal(mine, "one"), Signal(other, "two")])
        assert await listener.next(5) == "two"
    async with signals.listen(mine) as listener:
        await signals.publish([Signal(mine, "three")])
        assert await listener.next(5) == "three"
    assert heard == ["one"]


async def test_who_is_cancelled_while_it_begins_to_listen_leaves_no_ear_and_no_subscription(
    client: Client, signals: Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = [some_channel(), some_channel()]
    begun, subscribe = asyncio.Event(), signals._pubsub.subscribe

    async def subscribe_and_wait(*wanted: str) -> None:
        await subscribe(*wanted)
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(signals._pubsub, "subscribe", subscribe_and_wait)
    beginning = asyncio.create_task(signals.hear(dict.fromkeys(channels, lambda _: None)).__aenter__())
    await begun.wait()
    beginning.cancel()
    await asyncio.gather(beginning, return_exceptions=True)
    monkeypatch.undo()
    assert not signals._ears
    async with signals.listen(other := some_channel()) as listener:
        assert await heard(signals, listener, other)
        assert [number for _, number in await client.pubsub_numsub(*channels)] == [0, 0]


async def test_a_valkey_that_hangs_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey_connections, "PATIENCE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # one can connect to it, and then nothing comes
        client = connect(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(RedisError):
            await client.get("anything")
        listening = Signals(client)
        async with listening.listen(some_channel()) as listener:
            assert await listener.next(0.01) is None
        await listening.close()
        await client.aclose()


async def test_who_listens_may_wait_longer_than_for_an_answer(
    servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey_connections, "PATIENCE_SECONDS", 0.2)
    client, channel = connect(servers["REDIS_URL"]), some_channel()
    signals = Signals(client)
    async with signals.listen(channel) as listener:
        assert await listener.next(0.6) is None
        await signals.publish([Signal(channel, "still here")])
        assert await listener.next(0.5) == "still here"
    await signals.close()
    await client.aclose()


async def test_a_listener_that_is_cancelled_while_a_signal_comes_ends() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue()
    waiting = asyncio.create_task(Listener(queue).next(60))
    await asyncio.sleep(0)
    queue.put_nowait("new")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_task_that_is_cancelled_as_it_writes_ends(servers: dict[str, str]) -> None:
    client = connect(servers["REDIS_URL"])
    await client.ping()

    async def write_on() -> None:
        while True:
            await client.ping()

    for turns in range(8):  # one of them is the moment in which the writing has ended
        task = asyncio.create_task(write_on())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=5)
        assert done, turns
    await client.aclose()
