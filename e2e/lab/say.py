"""Progress for a human, on standard error."""

import sys
import time
from collections.abc import Callable

Say = Callable[[str], None]


def stopwatch() -> Say:
    """Print lines with the seconds since now."""
    start = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - start:6.1f}s] {line}", file=sys.stderr, flush=True)

    return say


def silent(_line: str) -> None:
    """Say nothing."""
