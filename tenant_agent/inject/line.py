"""The line in front of the sessions: transactional mail overtakes other mail, and starves none.

Start-time fair queueing, as among tenants in the control plane: what comes into an empty line is served next, and while
both kinds keep waiting, four transactional deliveries leave for each other one.
"""

import asyncio
from collections import Counter
from itertools import count
from typing import Generic, TypeVar

_STEP = {True: 1 / 4, False: 1.0}
"""How far a kind moves on with each delivery, by whether it is transactional."""

_T = TypeVar("_T")


class Line(Generic[_T]):
    """What waits for a session; nobody but the injector puts into it."""

    def __init__(self) -> None:
        self._queue: asyncio.PriorityQueue[tuple[float, int, bool, _T]] = asyncio.PriorityQueue()
        self._numbers = count()
        self._now = 0.0
        self._next = {True: 0.0, False: 0.0}
        self._waiting: Counter[bool] = Counter()

    def waiting(self, *, transactional: bool) -> int:
        """Count what waits of a kind."""
        return self._waiting[transactional]

    def empty(self) -> bool:
        return self._queue.empty()

    def put(self, item: _T, *, transactional: bool) -> None:
        """Let it wait for its turn."""
        start = max(self._now, self._next[transactional])
        self._next[transactional] = start + _STEP[transactional]
        self._waiting[transactional] += 1
        self._queue.put_nowait((start, next(self._numbers), transactional, item))

    async def get(self) -> _T:
        """Wait for what is next."""
        self._now, _, transactional, item = await self._queue.get()
        self._waiting[transactional] -= 1
        return item
