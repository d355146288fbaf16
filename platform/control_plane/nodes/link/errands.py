"""What a connection does beside reading: each errand one at a time, and without a task while there is nothing to do.

A thousand quiet connections are then a thousand tasks that read, and no more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

Act = Callable[[], Awaitable[None]]


class Errands:
    """The errands of one connection; the first that fails ends all, as in a task group."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._open = False

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        await self._group.__aexit__(kind, error, trace)

    def close(self) -> None:
        """Begin nothing any more."""
        self._open = False

    def start(self, act: Act) -> None:
        """Do something once, unless the connection is ending."""
        if self._open:
            self._group.create_task(self._do(act))

    async def _do(self, act: Act) -> None:
        try:
            await act()
        except BaseException:
            self._open = False  # before the group knows: whoever asks now would ask a group that is ending
            raise


class Errand:
    """Something to be done again whenever it is asked for; asked for meanwhile, once more afterwards."""

    def __init__(self, errands: Errands, act: Act) -> None:
        self._errands = errands
        self._act = act
        self._asked = False
        self._under_way = False

    def ask(self) -> None:
        """Have it done soon; returns at once and raises nothing."""
        self._asked = True
        if not self._under_way:
            self._under_way = True
            self._errands.start(self._run)

    async def _run(self) -> None:
        while self._asked:
            self._asked = False
            await self._act()
        self._under_way = False
