"""A real HAProxy before a small web application, on ports of its own."""

import asyncio
import base64
import hashlib
import json
import ssl
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from control_plane.front.keeper import Keeper
from control_plane.front.layout import Layout
from control_plane.front.options import FrontOptions
from control_plane.front.process import rights
from tests.control_plane.front.pki import NOW
from tests.ports import free_port

HOST = "control.test"
_WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3
_UPGRADE = "Upgrade: websocket\r\nConnection: upgrade\r\n"
HANDSHAKE = (
    f"GET /agent HTTP/1.1\r\nHost: {HOST}\r\n{_UPGRADE}Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"
)


class Upstream:
    """Answers what it was asked, as JSON; `/slow` in parts, each of them when the test says so; else it echoes."""

    def __init__(self) -> None:
        self.more = asyncio.Event()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no longer."""
        assert self._server is not None
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if "upgrade: websocket" in head.lower():
                await self._echo(head, reader, writer)
            elif head.startswith("GET /slow"):
                await self._dribble(writer)
            elif head.startswith("GET /events"):
                await self._tick(writer)
            else:
                self._describe(head, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _echo(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        key = next(
            line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(f"{key}{_WEBSOCKET}".encode()).digest()).decode()
        answer = f"HTTP/1.1 101 Switching Protocols\r\n{_UPGRADE}Sec-WebSocket-Accept: {accept}\r\n\r\n"
        writer.write(answer.encode())
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()

    async def _dribble(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\nbegun\n")
        await writer.drain()
        await self.more.wait()
        writer.write(b"ended\n")
        await writer.drain()

    async def _tick(self, writer: asyncio.StreamWriter) -> None:
        """Say something twice a second, as a page that is followed does now and then."""
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for _ in range(6):
            writer.write(b": still here\n\n")
            await writer.drain()
            await asyncio.sleep(0.5)
        writer.write(b"ended\n")
        await writer.drain()

    def _describe(self, head: str, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.strip().split("\r\n")
        pairs = [line.partition(": ")[::2] for line in lines]
        body = json.dumps({"request": first, "headers": [[name.lower(), value] for name, value in pairs]}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


class Front(msgspec.Struct, frozen=True):
    """A front that serves."""

    options: FrontOptions
    layout: Layout
    keeper: Keeper
    http: int
    https: int
    upstream: Upstream

    @asynccontextmanager
    async def connected(
        self, host: str | None, *protocols: str
    ) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a TLS connection that names a host, or none."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(list(protocols or ("http/1.1",)))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.https, ssl=context, server_hostname=host or "")
        try:
            yield reader, writer
        finally:
            writer.close()

    async def certificate(self, host: str | None) -> bytes:
        """Give the certificate that clients get who name a host, or none."""
        async with self.connected(host) as (_, writer):
            der: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            return der

    async def ask(self, raw: str, *, tls: bool = True, host: str = HOST) -> str:
        """Send a request as it is and give the whole answer."""
        if tls:
            async with self.connected(host) as (reader, writer):
                writer.write(raw.encode())
                return (await reader.read()).decode()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.http)
        writer.write(raw.encode())
        answer = (await reader.read()).decode()
        writer.close()
        return answer


@pytest.fixture
def home() -> Generator[Path]:
    """A short path, for sockets' names are."""
    with tempfile.TemporaryDirectory(prefix="fp-front-", dir="/var/tmp") as directory:
        yield Path(directory) / "front"


@pytest.fixture
async def upstream() -> AsyncGenerator[Upstream]:
    """The application behind."""
    opened = Upstream()
    await opened.open()
    yield opened
    opened.close()


@pytest.fixture
async def front(home: Path, upstream: Upstream) -> AsyncGenerator[Front]:
    """A front without certificates but its own."""
    http, https = free_port(), free_port()
    options = FrontOptions(
        home=home,
        http=(f"127.0.0.1:{http}",),
        https=(f"127.0.0.1:{https}",),
        web=(f"127.0.0.1:{upstream.port}",),
    )
    keeper = Keeper(options, Layout(home), rights(options))
    await keeper.start(HOST, NOW)
    yield Front(options, Layout(home), keeper, http, https, upstream)
    await keeper.haproxy.stop()
