"""The link, against a real WebSocket server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.link import Link, LinkDown, link_url

WELCOME = wire.Welcome(wire_version=1, node_id="nod_1")
OFFER = wire.Offer(lease_id="lease", expires_in_seconds=30, messages=(), deliveries=())


class Control:
    """A control plane that welcomes, sends one offer and writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[wire.FromAgent] = []
        self.credentials: list[str] = []
        self.connections: list[ServerConnection] = []
        self.status: int | None = None
        self.attempts = asyncio.Semaphore(0)

    def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        self.attempts.release()
        self.credentials.append(request.headers["Authorization"])
        assert request.path == wire.LINK_PATH
        return None if self.status is None else Response(self.status, "no", Headers())

    async def talk(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        async for data in connection:
            assert isinstance(data, bytes)
            frame = wire.decode_from_agent(data)
            assert frame is not None
            self.heard.append(frame)
            if isinstance(frame, wire.Hello):
                await connection.send(wire.encode(WELCOME))
                await connection.send(wire.encode(OFFER))


class Ear:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.changed = asyncio.Condition()

    def hello(self) -> wire.Hello:
        return wire.Hello(wire_version=1, agent_version="test", generation=42)

    async def connected(self, welcome: wire.Welcome) -> None:
        await self._note(welcome)

    async def disconnected(self) -> None:
        await self._note("down")

    async def received(self, frame: wire.FromControl) -> None:
        await self._note(frame)

    async def until(self, count: int) -> list[object]:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.told) >= count)
        return self.told

    async def _note(self, what: object) -> None:
        async with self.changed:
            self.told.append(what)
            self.changed.notify_all()


class Bench:
    def __init__(self, control: Control, server: Server) -> None:
        self.control = control
        self.ear = Ear()
        self.waits: list[float] = []
        port = next(iter(server.sockets)).getsockname()[1]
        backoff = Backoff(0.25, 30.0, jitter=lambda: 1.0)
        self.link = Link(f"http://127.0.0.1:{port}", "fpn_secret", backoff=backoff, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    control = Control()
    async with serve(control.talk, "127.0.0.1", 0, process_request=control.refuse) as server:
        yield Bench(control, server)


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.link.run(bench.ear))
    yield
    task.cancel()
    await asyncio.wait([task])


async def test_it_says_hello_with_its_credential_and_passes_frames_on(bench: Bench) -> None:
    async with running(bench):
        assert await bench.ear.until(2) == [WELCOME, OFFER]
        assert bench.link.connected
    assert bench.control.credentials == ["Bearer fpn_secret"]
    assert bench.control.heard == [bench.ear.hello()]


async def test_it_sends_while_it_is_up_and_says_so_when_it_is_not(bench: Bench) -> None:
    with pytest.raises(LinkDown):
        await bench.link.send(wire.Credit(deliveries=1))
    async with running(bench):
        await bench.ear.until(1)
        await bench.link.send(wire.Take(lease_id="lease"))
    with pytest.raises(LinkDown):
        await bench.link.send(wire.Credit(deliveries=1))


async def test_it_comes_back_after_the_connection_broke(bench: Bench) -> None:
    async with running(bench):
        await bench.ear.until(2)
        await bench.control.connections[0].close()
        assert await bench.ear.until(5) == [WELCOME, OFFER, "down", WELCOME, OFFER]


async def test_it_waits_longer_after_each_refusal(bench: Bench) -> None:
    bench.control.status = 401
    async with running(bench), asyncio.timeout(5):
        for _ in range(4):
            await bench.control.attempts.acquire()
    assert bench.waits[:3] == [0.25, 0.5, 1.0]
    assert not bench.ear.told


def test_the_link_is_encrypted_when_the_control_plane_is() -> None:
    assert link_url("https://control.test") == f"wss://control.test{wire.LINK_PATH}"
    assert link_url("http://127.0.0.1:8000") == f"ws://127.0.0.1:8000{wire.LINK_PATH}"
