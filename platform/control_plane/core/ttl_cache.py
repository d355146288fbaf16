"""Answers that may be some seconds old, kept in the process so that hot paths do not ask the database each time."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class TtlCache(Generic[Key, Value]):
    """Forgets each answer after some seconds, and everything when it holds too much."""

    def __init__(
        self, *, fresh_seconds: float, most: int = 10_000, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._fresh_seconds = fresh_seconds
        self._most = most
        self._monotonic = monotonic
        self._entries: dict[Key, tuple[float, Value]] = {}

    def get(self, key: Key) -> Value | None:
        """Give the answer if it is still fresh."""
        entry = self._entries.get(key)
        if entry is None or entry[0] <= self._monotonic():
            return None
        return entry[1]

    def put(self, key: Key, value: Value) -> None:
        """Remember an answer."""
        if len(self._entries) >= self._most:
            self._entries.clear()
        self._entries[key] = (self._monotonic() + self._fresh_seconds, value)

    def drop(self, key: Key) -> None:
        """Forget one answer."""
        self._entries.pop(key, None)
