"""How many more deliveries the node asks for."""

from collections.abc import Callable
from pathlib import Path


class CreditLine:
    """Counts what was asked for and not yet offered on this connection."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._open = 0

    def reset(self) -> None:
        """A new connection starts with nothing asked for."""
        self._open = 0

    def offered(self, deliveries: int) -> None:
        """A batch came."""
        self._open = max(0, self._open - deliveries)

    def top_up(self, *, held: int, queue_is_full: Callable[[], bool]) -> int:
        """Give the credit to send now, and count it as sent; small amounts wait until they are worth a frame."""
        free = self._capacity - held - self._open
        if free < max(1, self._capacity // 10) or queue_is_full():
            return 0
        self._open += free
        return free


def active_messages(queue_directory: Path) -> int:
    """Count what Postfix has yet to try for the first time or is trying now."""
    return sum(_files(queue_directory / name) for name in ("incoming", "active"))


def _files(directory: Path) -> int:
    try:
        return sum(1 for _ in directory.iterdir())
    except FileNotFoundError:
        return 0
