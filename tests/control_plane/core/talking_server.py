"""A small web server that keeps connections, notes what it is asked, and misbehaves as it is told."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

Answering: TypeAlias = Callable[[asyncio.StreamWriter, int, int], Awaitable[bool | None]]
"""Answers, told the number of the connection and of the request on it, both from 1; `False` hangs up."""


def reply(body: bytes = b"ok", *headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]).encode() + body


async def well(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
    writer.write(reply(f"{connection}.{request}".encode()))


class TalkingServer:
    """Answers every request; `closed` counts the connections that have ended."""

    def __init__(self, answer: Answering = well) -> None:
        self.answer = answer
        self.connections = 0
        self.requests: list[str] = []
        self.closed: asyncio.Queue[int] = asyncio.Queue()
        self.writers: list[asyncio.StreamWriter] = []
        self.port = 0

    @property
    def hosts(self) -> list[str]:
        """Under which names it was asked."""
        return [line[6:] for head in self.requests for line in head.splitlines() if line.lower().startswith("host:")]

    async def hang_up(self) -> None:
        """Close every connection, and wait until it is closed."""
        for writer in self.writers:
            writer.close()
        for _ in self.writers:
            await self.closed.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        connection, request = self.connections, 0
        try:
            while True:
                await self._take(reader)
                request += 1
                if await self.answer(writer, connection, request) is False:
                    break
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.closed.put_nowait(connection)

    async def _take(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lengths = [line[15:] for line in head.lower().splitlines() if line.startswith("content-length:")]
        await reader.readexactly(int(lengths[0]) if lengths else 0)
        self.requests.append(head)


@asynccontextmanager
async def talking(
    answer: Answering = well, address: str = "127.0.0.1", context: ssl.SSLContext | None = None
) -> AsyncGenerator[TalkingServer]:
    """Serve at an address of this machine, by TLS if there is a context."""
    made = TalkingServer(answer)
    server = await asyncio.start_server(made.serve, address, 0, ssl=context)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
        for writer in made.writers:
            writer.close()
