"""A receiver of webhooks on this machine: real HTTP, answers as told, keeps what it got."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.runtime import Runtime
from control_plane.webhooks import service
from tests.conftest import Tenant
from tests.control_plane.webhooks.subscribed import Subscribed, subscribe


class Received(msgspec.Struct, frozen=True):
    """A request that came in."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers every request with `status`, as soon as `may_answer` is set."""

    def __init__(self) -> None:
        self.status = 204
        self.received: list[Received] = []
        self.at_once = 0
        self.most_at_once = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.arrived = asyncio.Condition()
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks"

    async def wait_for(self, requests: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.received) >= requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with self.arrived:
            self.received.append(Received(headers, body))
            self.arrived.notify_all()
        await self.may_answer.wait()
        self.at_once -= 1
        location = "Location: http://127.0.0.1:1/\r\n" if 300 <= self.status < 400 else ""
        writer.write(f"HTTP/1.1 {self.status} X\r\n{location}Content-Length: 2\r\nConnection: close\r\n\r\nok".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


@pytest.fixture
async def subscribed(client: httpx.AsyncClient, tenant: Tenant, receiver: Receiver) -> Subscribed:
    """A tenant that hears of everything at `receiver`."""
    return await subscribe(client, tenant, receiver.url)


@pytest.fixture
def clock() -> FixedClock:
    """Stand still a little ahead of the database, so that what it makes due now is due."""
    return FixedClock(datetime.now(UTC) + timedelta(seconds=30))


@pytest.fixture
def sender(runtime: Runtime, clock: FixedClock) -> service.Sender:
    """Send by that clock."""
    return service.Sender(runtime.db, runtime.vault, runtime.http, clock)
