"""HTTP/1.1 for the outside world's few routes: connections are kept for a while, bodies go by Content-Length."""

import asyncio
import ssl
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import msgspec

_MOST_HEAD_OCTETS = 64 * 1024
_KEPT_SECONDS = 10
"""So long a connection may be idle: as much as servers commonly grant."""


@dataclass(frozen=True)
class Request:
    """A request; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """A JSON answer."""

    status: int = 200
    content: object = None


Answer = Callable[[Request], Awaitable[Response]]


async def serve(answer: Answer, address: str, port: int, tls: ssl.SSLContext | None = None) -> asyncio.AbstractServer:
    """Listen and let `answer` answer."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, TimeoutError):
            try:
                while await _answer_one(answer, reader, writer):
                    pass
            finally:
                writer.close()
            await writer.wait_closed()

    return await asyncio.start_server(connected, address, port, ssl=tls, limit=_MOST_HEAD_OCTETS)


async def _answer_one(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer the next request; says whether there may be another."""
    async with asyncio.timeout(_KEPT_SECONDS):
        request = await _read(reader)
    writer.write(_encode(await _answered(answer, request)))
    await writer.drain()
    return request.headers.get("connection", "").lower() != "close"


async def _answered(answer: Answer, request: Request) -> Response:
    try:
        return await answer(request)
    except Exception as error:  # noqa: BLE001 whatever it is, the caller is told
        traceback.print_exc()
        return Response(500, {"error": repr(error)})


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(target)
    return Request(method, url.path, dict(parse_qsl(url.query)), headers, body)


def _encode(response: Response) -> bytes:
    head = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
    if response.status == HTTPStatus.NO_CONTENT:
        return f"{head}\r\n".encode()
    body = msgspec.json.encode(response.content)
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
