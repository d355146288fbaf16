"""Connections that are kept for a while after a request, for the next one to the same place.

Those in use are not in the store: what is closed to make room, or because it was idle for long, carries nothing.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpcore
import httpx

from control_plane.core.lines import Line, Place, Stale, told_as_httpx

_MOST = 600
"""Connections that are open at a time, idle ones with them."""
_IDLE_SECONDS = 20
"""How long an idle connection is kept; servers close theirs after 5 to 75 seconds."""
_IDLE_AT_ONE_PLACE = 8
"""As many as a webhook is sent messages at a time."""


class KeptConnections:
    """Sends requests over connections that it keeps."""

    def __init__(
        self, context: ssl.SSLContext, *, most: int = _MOST, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._context = context
        self._most = most
        self._monotonic = monotonic
        self._room = asyncio.Semaphore(most)
        self._in_use = 0
        self._idle: dict[Line, None] = {}  # the longest idle first
        self._idle_at: dict[Place, list[Line]] = {}  # the longest idle first
        self._is_closed = False

    async def send(self, request: httpx.Request, place: Place, *, repeatable: bool) -> httpx.Response:
        """Send a request; one that is `repeatable` may use a kept connection, and is sent again if that was closed."""
        if repeatable:
            try:
                return await self._send(request, place, repeatable=True, fresh=False)
            except Stale:
                return await self._send(request, place, repeatable=True, fresh=True)
        return await self._send(request, place, repeatable=False, fresh=True)

    async def aclose(self) -> None:
        """Close what is idle; what is in use is closed when it has been used."""
        self._is_closed = True
        while self._idle:
            await self._close_oldest()

    async def _send(self, request: httpx.Request, place: Place, *, repeatable: bool, fresh: bool) -> httpx.Response:
        line = await self._take(request, place, fresh=fresh)
        try:
            with told_as_httpx():
                answer = await line.ask(_for_httpcore(request))
        except BaseException:
            await self._give_back(line, keep=False)
            raise
        stream = _Body(answer, lambda: self._give_back(line, keep=repeatable))
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    async def _take(self, request: httpx.Request, place: Place, *, fresh: bool) -> Line:
        """Give a kept line, or make one when there is room; raises `httpx.PoolTimeout`."""
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("pool")):
                await self._room.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("too many connections are in use") from error
        self._in_use += 1
        line = None
        try:
            line = None if fresh else await self._find(place)
            await self._make_room()
        except BaseException:
            self._leave()
            if line is not None:
                await line.close()
            raise
        return line or Line(place, self._context)

    async def _find(self, place: Place) -> Line | None:
        """Take the line that was used last, if one is still of use."""
        while lines := self._idle_at.get(place):
            line = lines[-1]
            self._forget(line)
            if line.idle_until > self._monotonic() and line.is_open:
                line.reused = True
                return line
            await line.close()
        return None

    async def _make_room(self) -> None:
        """Close what has been idle for long, and what would be too many."""
        now = self._monotonic()
        while self._idle:
            oldest = next(iter(self._idle))
            if oldest.idle_until > now and self._in_use + len(self._idle) <= self._most:
                return
            await self._close_oldest()

    async def _give_back(self, line: Line, *, keep: bool) -> None:
        self._leave()
        lines = self._idle_at.get(line.place, [])
        if keep and line.is_free and len(lines) < _IDLE_AT_ONE_PLACE and not self._is_closed:
            line.idle_until = self._monotonic() + _IDLE_SECONDS
            self._idle[line] = None
            self._idle_at[line.place] = [*lines, line]
        else:
            await line.close()

    async def _close_oldest(self) -> None:
        line = next(iter(self._idle))
        self._forget(line)
        await line.close()

    def _forget(self, line: Line) -> None:
        del self._idle[line]
        self._idle_at[line.place].remove(line)
        if not self._idle_at[line.place]:
            del self._idle_at[line.place]

    def _leave(self) -> None:
        self._in_use -= 1
        self._room.release()


class _Body(httpx.AsyncByteStream):
    """What an answer goes on with; its end gives the connection back."""

    def __init__(self, answer: httpcore.Response, give_back: Callable[[], Awaitable[None]]) -> None:
        self._answer = answer
        self._give_back = give_back
        self._is_closed = False

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        with told_as_httpx():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._answer.aclose()
        finally:
            await self._give_back()


def _for_httpcore(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )
