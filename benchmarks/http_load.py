"""A closed loop of HTTP clients over re-used connections, light enough to share the machine with what it measures."""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

import msgspec

_READ_BYTES = 1 << 16


class Wanted(msgspec.Struct, frozen=True):
    """One GET, or with a body one POST."""

    path: str
    key: str
    body: bytes = b""

    def written(self) -> bytes:
        """Write it down as HTTP."""
        method = "POST" if self.body else "GET"
        head = f"{method} {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
        kind = f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n" if self.body else ""
        return f"{head}{kind}\r\n".encode() + self.body


class Load(msgspec.Struct, frozen=True):
    """What a round of load gave."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return self.requests / self.seconds


class UnexpectedAnswer(Exception):
    """The server answered with something else than success."""


async def load(port: int, choose: Callable[[], Wanted], *, readers: int, seconds: float) -> Load:
    """Ask for what `choose` names, each reader as soon as it has its last answer; raises `UnexpectedAnswer`."""
    took_ms: list[float] = []
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(readers):
            group.create_task(_read_until(port, choose, started + seconds, took_ms))
    elapsed = time.perf_counter() - started
    took_ms.sort()
    return Load(
        requests=len(took_ms),
        seconds=elapsed,
        p50_ms=took_ms[len(took_ms) // 2],
        p99_ms=took_ms[len(took_ms) * 99 // 100],
    )


async def _read_until(port: int, choose: Callable[[], Wanted], end: float, took_ms: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (asked := time.perf_counter()) < end:
        wanted = choose()
        writer.write(wanted.written())
        await _answer(reader, wanted.path)
        took_ms.append((time.perf_counter() - asked) * 1000)
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader, path: str) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = int(head[9:12]), 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = await reader.readexactly(length)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise UnexpectedAnswer(f"{path}: {status} {body[:300]!r}")
