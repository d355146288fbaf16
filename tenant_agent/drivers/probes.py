"""Small clients that ask a daemon for its first line, as often as it takes until it is up."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from tenant_agent.drivers import NotServing

_ANSWER_SECONDS = 5.0
_PAUSE_SECONDS = 0.05

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def until_serving(probe: Callable[[], Awaitable[None]], *, within_seconds: float) -> None:
    """Repeat a probe until it passes; raises the last `NotServing` when the time is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_seconds
    while True:
        try:
            return await probe()
        except NotServing:
            if loop.time() > deadline:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)


async def expect_greeting(host: str, port: int, expected: bytes, *, tls: bool = False) -> None:
    """Connect and read one line that must begin as expected; raises `NotServing`."""
    connecting = asyncio.open_connection(host, port, ssl=_any_certificate() if tls else None)
    await _expect(f"{host} port {port}", connecting, b"", expected)


async def expect_pong(host: str, port: int) -> None:
    """Ask a Rspamd controller whether it is there; raises `NotServing`."""
    connecting = asyncio.open_connection(host, port)
    await _expect(f"{host} port {port}", connecting, b"GET /ping HTTP/1.0\r\n\r\n", b"HTTP/1.1 200")


async def expect_redis(socket: Path) -> None:
    """Knock at Redis's socket: it is there if it asks for the password. Raises `NotServing`."""
    await _expect(str(socket), asyncio.open_unix_connection(str(socket)), b"PING\r\n", b"-NOAUTH")


async def _expect(
    place: str, connecting: Coroutine[object, object, _Streams], question: bytes, expected: bytes
) -> None:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            answer = await _first_line(connecting, question)
    except TimeoutError as error:
        raise NotServing(f"{place} does not answer within {_ANSWER_SECONDS:.0f} s") from error
    except OSError as error:
        raise NotServing(f"{place} does not answer: {error}") from error
    if not answer.startswith(expected):
        raise NotServing(f"{place} answered {answer[:80]!r} where {expected!r} was expected")


async def _first_line(connecting: Coroutine[object, object, _Streams], question: bytes) -> bytes:
    reader, writer = await connecting
    try:
        writer.write(question)
        return await reader.readline()
    finally:
        writer.close()


def _any_certificate() -> ssl.SSLContext:
    """Accept the node's own certificate whatever name it has: the connection is to ourselves."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
