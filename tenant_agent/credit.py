"""How many more deliveries the node asks for."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tenant_agent import wire

CAPACITY = 500
"""Deliveries that the node holds before Postfix has them: some seconds' work, so that little waits on one node."""

_FULL_QUEUE = 2_000
"""With so many messages in Postfix's active queue, nothing more is asked for."""

_FULL_FOR_TRANSACTIONAL = 2 * _FULL_QUEUE


class Held(NamedTuple):
    """How many deliveries the node holds that Postfix does not have yet."""

    transactional: int
    others: int


class CreditLine:
    """Counts what was asked for and not yet offered on this connection."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._open = 0

    def reset(self) -> None:
        """A new connection starts with nothing asked for."""
        self._open = 0

    def offered(self, deliveries: int) -> None:
        """A batch came."""
        self._open = max(0, self._open - deliveries)

    def top_up(self, *, held: int, queue_is_full: Callable[[], bool]) -> int:
        """Give the credit to send now, and count it as sent; small amounts wait until they are worth a frame."""
        free = self.capacity - held - self._open
        if free < max(1, self.capacity // 10) or queue_is_full():
            return 0
        self._open += free
        return free


class Credits:
    """A line of credit for all mail, and beside it one for transactional mail alone, which no backlog can use up.

    `active` counts the messages in Postfix's active queue.
    """

    def __init__(self, capacity: int, active: Callable[[], int]) -> None:
        self._any = CreditLine(capacity)
        self._transactional = CreditLine(max(capacity // 5, 1))
        self._active = active

    def reset(self) -> None:
        """A new connection starts with nothing asked for."""
        self._any.reset()
        self._transactional.reset()

    def offered(self, offer: wire.Offer) -> None:
        """A batch came."""
        (self._transactional if offer.transactional else self._any).offered(len(offer.deliveries))

    def top_up(self, held: Held) -> wire.Credit | None:
        """Give what to ask for now, and count it as asked for."""
        beside = min(held.transactional, self._transactional.capacity)
        more = wire.Credit(
            deliveries=self._any.top_up(
                held=held.others + held.transactional - beside, queue_is_full=lambda: self._active() >= _FULL_QUEUE
            ),
            transactional=self._transactional.top_up(
                held=beside, queue_is_full=lambda: self._active() >= _FULL_FOR_TRANSACTIONAL
            ),
        )
        return more if more.deliveries or more.transactional else None


def active_messages(queue_directory: Path) -> int:
    """Count what Postfix has yet to try for the first time or is trying now."""
    return sum(_files(queue_directory / name) for name in ("incoming", "active"))


def _files(directory: Path) -> int:
    try:
        return sum(1 for _ in directory.iterdir())
    except FileNotFoundError:
        return 0
