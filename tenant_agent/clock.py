"""The time, passed in rather than asked for, so that tests can set it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in two ways."""

    def monotonic(self) -> float:
        """Give seconds that only ever grow; for waits and intervals."""
        ...

    def now_ms(self) -> int:
        """Give Unix time in milliseconds; for what others are told."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until it is moved; for tests and dry runs."""

    def __init__(self, *, now_ms: int = 1_800_000_000_000) -> None:
        self._monotonic = 1000.0
        self._now_ms = now_ms

    def monotonic(self) -> float:
        return self._monotonic

    def now_ms(self) -> int:
        return self._now_ms

    def move(self, seconds: float) -> None:
        """Put both clocks forward."""
        self._monotonic += seconds
        self._now_ms += round(seconds * 1000)
