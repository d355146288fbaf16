"""Progress for a human, on standard error."""

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]


def stopwatch(elapsed: float = 0.0) -> Say:
    """Print lines with the seconds since now, or since so many seconds ago."""
    start = time.monotonic() - elapsed

    def say(line: str) -> None:
        print(f"[{time.monotonic() - start:6.0f}s] {line}", file=sys.stderr, flush=True)

    return say


def silent(_line: str) -> None:
    """Say nothing."""
