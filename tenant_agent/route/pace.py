"""Keeps each way to its messages per minute: what may go now, and when the next one may.

Only what the agent hands to Postfix is paced. What Postfix tries again by itself is bounded by connections alone.
"""

import math
from collections.abc import Hashable

_MINUTE_MS = 60_000.0
_MOST_WAYS = 1_000
_BURST_SECONDS = 5.0
"""So much of a minute's messages may go at once after a pause."""


class Pace:
    """Cell rates (GCRA): one number for each way, the time at which it would be due if it sent evenly."""

    def __init__(self) -> None:
        self._due_ms: dict[Hashable, float] = {}
        self._promised_ms: dict[Hashable, float] = {}

    def wait_ms(self, way: Hashable, per_minute: float, now_ms: float) -> float:
        """Give how long the next message must wait; 0: it may go."""
        return max(0.0, self._due_ms.get(way, 0.0) - self._slack_ms(per_minute) - now_ms)

    def take(self, way: Hashable, per_minute: float, now_ms: float) -> None:
        """Count a message that goes."""
        if len(self._due_ms) > _MOST_WAYS:
            self._forget_the_past(now_ms)
        self._due_ms[way] = max(self._due_ms.get(way, 0.0), now_ms) + _MINUTE_MS / per_minute

    def promise_ms(self, way: Hashable, per_minute: float, now_ms: float, *, most_ms: float = math.inf) -> float:
        """Give a wait for a message that cannot go now, one after the other, so that they do not all come at once.

        Who would wait for longer than `most_ms` goes elsewhere, and so has no place in the line.
        """
        first = now_ms + self.wait_ms(way, per_minute, now_ms)
        promised = max(first, self._promised_ms.get(way, 0.0) + _MINUTE_MS / per_minute)
        if promised - now_ms <= most_ms:
            self._promised_ms[way] = promised
        return promised - now_ms

    def _forget_the_past(self, now_ms: float) -> None:
        """What was due before now says nothing any more."""
        self._due_ms = {way: due for way, due in self._due_ms.items() if due > now_ms}
        self._promised_ms = {way: due for way, due in self._promised_ms.items() if due > now_ms}

    @staticmethod
    def _slack_ms(per_minute: float) -> float:
        burst = max(1.0, per_minute * _BURST_SECONDS / 60.0)
        return (burst - 1.0) * _MINUTE_MS / per_minute
