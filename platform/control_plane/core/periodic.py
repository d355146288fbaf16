"""Something that a process does now and then while it lives."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from control_plane.core.errors import Unavailable

_LAST_ONE_SECONDS = 5
"""How long the end waits for what is under way."""

_log = structlog.get_logger()


@asynccontextmanager
async def periodically(every_seconds: float, name: str, act: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Act again and again for as long as the block lasts; whatever goes wrong is logged, and the next time is another.

    The end does not cancel what is under way: a driver that is interrupted half-way may never give its connection back.
    """
    ended = asyncio.Event()
    task = asyncio.create_task(_keep_on(every_seconds, name, act, ended), name=name)
    try:
        yield
    finally:
        ended.set()
        await asyncio.wait({task}, timeout=_LAST_ONE_SECONDS)
        task.cancel()


async def _keep_on(every_seconds: float, name: str, act: Callable[[], Awaitable[None]], ended: asyncio.Event) -> None:
    while not ended.is_set():
        try:
            await act()
        except Unavailable as error:
            _log.warning("something periodic waits", action="periodic.waits", name=name, error=error.detail)
        except Exception:  # noqa: BLE001 whatever it is, the next time is another
            _log.exception("something periodic failed", action="periodic.failed", name=name)
        with suppress(TimeoutError):
            async with asyncio.timeout(every_seconds):
                await ended.wait()
