"""How many checks run at once: as many as the process can attend to, since an answer that waits for it is lost.

Checks mostly wait for DNS, and those that wait for slow servers cost nothing: the process is idle then, and more are
let in. When it is busy it comes late to its own timers; then fewer are, before look-ups time out for want of attention.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_FEWEST = 8
_STEP = 8
_LOOK_SECONDS = 0.1
_LATE_SECONDS = 0.1
_SHRINK = 0.7


def adjusted(limit: int, late_seconds: float, most: int) -> int:
    """Give how many may run from now on, by how late the process came."""
    if late_seconds > _LATE_SECONDS:
        return max(_FEWEST, int(limit * _SHRINK))
    return min(most, limit + _STEP)


class Pace:
    """Turns that are given out at the pace that the process keeps."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = min(most, 4 * _FEWEST)
        self._running = 0
        self._changed = asyncio.Event()

    async def take_turn(self) -> None:
        """Wait for a turn."""
        while self._running >= self._limit:
            self._changed.clear()
            await self._changed.wait()
        self._running += 1

    def end_turn(self) -> None:
        """Let the next one go on."""
        self._running -= 1
        self._changed.set()

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Watch the process meanwhile."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)
            self._limit = adjusted(self._limit, loop.time() - due, self._most)
            self._changed.set()
