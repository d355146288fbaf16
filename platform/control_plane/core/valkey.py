"""Valkey: job triggers through arq, signals through pub/sub, short-lived keys. Nothing here must not be lost."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import msgspec
import structlog
from arq import ArqRedis
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from control_plane.core import valkey_connections
from control_plane.core.outbox import JobTrigger, Signal
from control_plane.core.valkey_connections import pool_to

_log = structlog.get_logger()

Client: TypeAlias = Redis
Ear: TypeAlias = Callable[[str], None]
"""Is told a signal's body; returns at once and raises nothing."""
QUEUE_NAME = "fleetpost:jobs"

_ALWAYS = "fleetpost:always"
"""Subscribed to by everybody and never signalled: a connection without any subscription behaves differently."""
_PAUSE_SECONDS = 1
_WAITS_SECONDS = 5
"""After that a trigger is no longer taken for waiting: it was lost, or its worker was."""


class ValkeyUnavailable(ConnectionError):
    """Valkey did not answer."""


def serialize_job(value: dict[str, object]) -> bytes:
    """Write a job as msgpack; arq's default, pickle, would run what Valkey holds."""
    return msgspec.msgpack.encode(value, enc_hook=str)


def deserialize_job(data: bytes) -> dict[str, object]:
    """Read what `serialize_job` wrote."""
    return msgspec.msgpack.decode(data, type=dict[str, object])


class ArqQueue:
    """The one place that knows arq: hands triggers over."""

    def __init__(self, url: str) -> None:
        self.pool = ArqRedis(
            pool_to(url),
            job_serializer=serialize_job,
            job_deserializer=deserialize_job,
            default_queue_name=QUEUE_NAME,
        )

    async def enqueue(self, trigger: JobTrigger) -> None:
        """Hand a trigger over, unless the same one waits to be taken; raises `ValkeyUnavailable`."""
        try:
            if await self.pool.set(_waiting(trigger), b"", nx=True, ex=_WAITS_SECONDS):
                await self.pool.enqueue_job(trigger.name, *trigger.args, _defer_by=trigger.after_seconds)
        except RedisError as error:
            raise ValkeyUnavailable(str(error)) from error

    async def take(self, trigger: JobTrigger) -> None:
        """Say that a trigger's job begins now: what comes from here on is a trigger of its own."""
        with contextlib.suppress(RedisError):  # then it counts as waiting for some seconds more
            await self.pool.delete(_waiting(trigger))

    async def close(self) -> None:
        """Disconnect."""
        await self.pool.aclose(close_connection_pool=True)


def _waiting(trigger: JobTrigger) -> str:
    return ":".join(("fleetpost:waiting", trigger.name, *trigger.args))


class Signals:
    """Pub/sub with one connection per process, however many listeners it has."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ears: dict[str, list[Ear]] = defaultdict(list)
        self._pubsub = _listening(client).pubsub()
        self._reader: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()

    async def publish(self, signals: list[Signal]) -> None:
        """Send signals in one round trip; raises `ValkeyUnavailable`."""
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for signal in signals:
                    pipeline.publish(signal.channel, signal.body)
                await pipeline.execute()
        except RedisError as error:
            raise ValkeyUnavailable(str(error)) from error

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncGenerator["Listener"]:
        """Listen to channels. Signals sent while Valkey was away are lost: look for yourself now and then."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=1000)

        def keep(body: str) -> None:
            with contextlib.suppress(asyncio.QueueFull):  # a listener that far behind will look for itself
                queue.put_nowait(body)

        async with self.hear(dict.fromkeys(channels, keep)):
            yield Listener(queue)

    @asynccontextmanager
    async def hear(self, ears: Mapping[str, Ear]) -> AsyncGenerator[None]:
        """Have each channel's ear told, as `listen` does, but without anybody waiting."""
        for channel, ear in ears.items():
            self._ears[channel].append(ear)
        try:
            await self._subscribe(*ears)
            yield
        finally:
            for channel, ear in ears.items():
                self._ears[channel].remove(ear)
                if not self._ears[channel]:
                    del self._ears[channel]
            for channel in ears:
                await self._unsubscribe(channel)

    async def close(self) -> None:
        """Stop reading and disconnect."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _subscribe(self, *channels: str) -> None:
        """Subscribe, one after the other: without a subscription, redis-py reads a PING's answer as it sends."""
        async with self._changing:
            with contextlib.suppress(RedisError, OSError):  # the reader subscribes again once Valkey is back
                async with asyncio.timeout(valkey_connections.PATIENCE_SECONDS):
                    await self._pubsub.subscribe(_ALWAYS, *channels)
            if self._reader is None or self._reader.done():
                self._reader = asyncio.create_task(self._read(), name="signals")

    async def _unsubscribe(self, channel: str) -> None:
        async with self._changing:
            if channel not in self._ears:
                with contextlib.suppress(RedisError, OSError):
                    async with asyncio.timeout(valkey_connections.PATIENCE_SECONDS):
                        await self._pubsub.unsubscribe(channel)

    async def _read(self) -> None:
        while True:
            try:
                async for message in self._pubsub.listen():
                    if message["type"] == "message":
                        self._hand_out(message["channel"].decode(), message["data"].decode())
            except (RedisError, OSError) as error:
                _log.warning("signals are interrupted", action="signals.interrupted", error=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._subscribe(*self._ears)  # also what nobody could subscribe to meanwhile

    def _hand_out(self, channel: str, body: str) -> None:
        for ear in tuple(self._ears.get(channel, ())):
            ear(body)


class Listener:
    """One listener's queue."""

    def __init__(self, queue: "asyncio.Queue[str]") -> None:
        self._queue = queue

    async def next(self, timeout_seconds: float) -> str | None:
        """Wait for the next signal's body; None when the time is up and the listener should look for itself."""
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._queue.get()
        except TimeoutError:
            return None

    def drain(self) -> None:
        """Forget signals that came while the listener was looking."""
        while not self._queue.empty():
            self._queue.get_nowait()


def connect(url: str) -> Client:
    """Open a client; it connects at first use and again after a loss, and waits for no answer for ever."""
    client: Client = Redis.from_pool(pool_to(url, health_check_interval=30))
    return client


def _listening(client: Client) -> Client:
    """Make a client to the same Valkey that waits for as long as nothing is signalled."""
    pool = client.connection_pool
    kind: type[AbstractConnection] = pool.connection_class  # pyright: ignore[reportAssignmentType] a Connection is one
    own = ConnectionPool(kind, **pool.connection_kwargs | {"socket_timeout": None})
    return Redis(connection_pool=own)
