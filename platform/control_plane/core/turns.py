"""Turns: so that nobody takes all of what many share, each may have only so much of it at once and waits for more."""

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Key = TypeVar("Key", bound=Hashable)


class Turns(Generic[Key]):
    """Hands out turns, at most `most` at once under one key; in this process only."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: WeakValueDictionary[Key, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, key: Key) -> AsyncGenerator[None]:
        """Wait for a turn and hold it."""
        async with self._of(key):
            yield

    def is_free(self, key: Key) -> bool:
        """Say whether a turn could be had without waiting."""
        return not self._of(key).locked()

    def _of(self, key: Key) -> asyncio.Semaphore:
        known = self._waiting.get(key)
        if known is None:
            self._waiting[key] = known = asyncio.Semaphore(self._most)
        return known
