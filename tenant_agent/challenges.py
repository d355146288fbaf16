"""The node's port 80: answers an ACME server's questions (RFC 8555 §8.3) and sends browsers on to HTTPS.

It serves whoever comes, so everything is bounded: the request's head, the time, the connections, those of one address.
"""

import asyncio
from collections import Counter
from collections.abc import Container, Mapping
from http import HTTPStatus
from typing import NamedTuple

import h11
import structlog

from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_PATH = "/.well-known/acme-challenge/"
_HEAD_BYTES = 8 * 1024
_SECONDS = 10.0
_CONNECTIONS = 500
_CONNECTIONS_PER_ADDRESS = 50
_BIND_AGAIN_SECONDS = 30.0


class Answer(NamedTuple):
    """What a request is answered; a location goes with a redirect."""

    status: HTTPStatus
    body: str
    location: str = ""


_NOTHING = Answer(HTTPStatus.NOT_FOUND, "There is nothing here: this is a mail server.\n")
_NO_CHALLENGE = Answer(HTTPStatus.NOT_FOUND, "Nobody asked for a certificate with this token.\n")
_UNREADABLE = Answer(HTTPStatus.BAD_REQUEST, "This is not a request that can be read.\n")
_READ_ONLY = Answer(HTTPStatus.METHOD_NOT_ALLOWED, "This server only answers GET and HEAD.\n")


def answer(method: str, target: str, host: str, challenges: Mapping[str, str], hosts: Container[str]) -> Answer:
    """Decide what a request is answered: `hosts` are those with a certificate."""
    path = target.partition("?")[0]
    if method not in {"GET", "HEAD"}:
        return _READ_ONLY
    if path.startswith(_PATH):
        found = challenges.get(path.removeprefix(_PATH))
        return _NO_CHALLENGE if found is None else Answer(HTTPStatus.OK, found)
    name = host.lower().partition(":")[0].removesuffix(".")
    if target.startswith("/") and name in hosts:
        return Answer(HTTPStatus.PERMANENT_REDIRECT, "", f"https://{name}{target}")
    return _NOTHING


class ChallengeServer:
    """Listens on the node's service address, once that is known."""

    def __init__(self, challenges: Mapping[str, str], hosts: Container[str], port: int) -> None:
        self._challenges = challenges
        self._hosts = hosts
        self._port = port
        self._address: str | None = None
        self._moved = asyncio.Event()
        self._connections: Counter[str] = Counter()

    def listen_on(self, address: str | None) -> None:
        """Listen there from now on; nowhere if there is no address."""
        if address != self._address:
            self._address = address
            self._moved.set()

    async def run(self) -> None:
        """Serve until cancelled, whatever becomes of the address."""
        while True:
            self._moved.clear()
            if self._address is None:
                await self._moved.wait()
            else:
                await self._serve(self._address)

    async def _serve(self, address: str) -> None:
        try:
            server = await asyncio.start_server(self._connected, address, self._port, limit=_HEAD_BYTES)
        except OSError as error:
            log.error("http.not_listening", reason=str(error))  # noqa: TRY400 (no trace wanted)
            await within(_BIND_AGAIN_SECONDS, self._moved)
            return
        async with server:
            await self._moved.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        if self._connections.total() >= _CONNECTIONS or self._connections[peer] >= _CONNECTIONS_PER_ADDRESS:
            writer.close()
            return
        self._connections[peer] += 1
        try:
            async with asyncio.timeout(_SECONDS):
                await self._converse(reader, writer)
        except (OSError, TimeoutError):
            return  # whoever it was has gone, or should
        finally:
            self._connections -= Counter([peer])
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)
        request = await _request(connection, reader)
        if request is None:
            return
        head_only = isinstance(request, h11.Request) and request.method == b"HEAD"
        writer.write(_written(connection, self._answer(request), head_only=head_only))
        await writer.drain()

    def _answer(self, request: h11.Request | h11.RemoteProtocolError) -> Answer:
        if isinstance(request, h11.RemoteProtocolError):
            return _UNREADABLE
        host = next((value for name, value in request.headers if name == b"host"), b"")
        method, target, name = (part.decode("latin-1") for part in (request.method, request.target, host))
        return answer(method, target, name, self._challenges, self._hosts)


async def _request(
    connection: h11.Connection, reader: asyncio.StreamReader
) -> h11.Request | h11.RemoteProtocolError | None:
    """Read a request's head; none if nobody asked anything."""
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            return error
        if isinstance(event, h11.Request):
            return event
        if event is not h11.NEED_DATA:
            return None
        connection.receive_data(await reader.read(_HEAD_BYTES))


def _written(connection: h11.Connection, said: Answer, *, head_only: bool) -> bytes:
    body = said.body.encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        *([("Location", said.location)] if said.location else []),
    ]
    response = h11.Response(status_code=said.status, headers=headers, reason=said.status.phrase.encode())
    data = connection.send(response) or b""
    if body and not head_only:
        data += connection.send(h11.Data(data=body)) or b""
    return data
