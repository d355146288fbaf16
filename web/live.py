"""Parts of a page that keep themselves up to date: server-sent events that carry the part, rendered anew."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from litestar.response import Stream

from control_plane.core.errors import TooMany
from control_plane.core.turns import Turns
from control_plane.core.valkey import Listener
from web.visitor import Visitor

HEARTBEAT_SECONDS = 15
"""Comments that keep proxies from closing a quiet connection; each is also a look for oneself."""

_RETRY_MILLISECONDS = 2000

_AT_ONCE = 20

_streams: Turns[str] = Turns(_AT_ONCE)

RenderPart = Callable[[], Awaitable[str | None]]
"""Renders the part anew; None when the reader may no longer see it."""


class TooManyLivePages(TooMany):
    """Too many pages are open: close some of them. Those that are not live show what there is when they are loaded."""

    code = "too_many_live_pages"


def answer(viewer: Visitor, parts: AsyncGenerator[str]) -> Stream:
    """Make the answer of a live route; raises `TooManyLivePages`."""
    if not _streams.is_free(viewer.email):
        raise TooManyLivePages
    return Stream(
        _counted(viewer, parts),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no", "x-content-type-options": "nosniff"},
    )


async def _counted(viewer: Visitor, parts: AsyncGenerator[str]) -> AsyncGenerator[str]:
    async with _streams.take(viewer.email):
        async for text in parts:
            yield text


async def updates(
    name: str, render: RenderPart, listener: Listener, *, look_seconds: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[str]:
    """Send the part under the event's name at once and then whenever it has changed; end with `closed`."""
    yield f"retry: {_RETRY_MILLISECONDS}\n\n"
    shown = ""
    while True:
        listener.drain()
        part = await render()
        if part is None:
            yield event("closed", "")
            return
        yield ": still here\n\n" if part == shown else event(name, part)
        shown = part
        await listener.next(look_seconds)


def event(name: str, data: str) -> str:
    """Write one event; every line of the data becomes a line of its own, as the format wants it."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n"
