"""How long to wait before trying again: growing, jittered, and told to start over by success."""

import random
from collections.abc import Callable


class Backoff:
    """Waits that double from `first_seconds` to `longest_seconds`, each taken at random from its upper half."""

    def __init__(
        self, first_seconds: float, longest_seconds: float, *, jitter: Callable[[], float] = random.random
    ) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._jitter = jitter
        self._failures = 0

    def next_seconds(self) -> float:
        """Count one more failure and give the wait that follows it."""
        ceiling = min(self._longest_seconds, self._first_seconds * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return ceiling * (0.5 + self._jitter() / 2)

    def reset(self) -> None:
        """Start over after a success."""
        self._failures = 0
