"""Counts what Postfix was given by each way and has not tried yet: no more of it is under way at once than may be.

As with pace, only what the agent hands to Postfix is held to it: what Postfix tries again by itself is bounded by the
connections of its class alone.
"""

from collections.abc import Hashable

_FORGOTTEN_SECONDS = 600.0
"""So long no attempt takes: its answer was lost."""


class UnderWay:
    """Knows mails by their tokens, from when they are routed to what the first attempt came to."""

    def __init__(self) -> None:
        self._since: dict[Hashable, dict[str, float]] = {}
        self._ways: dict[str, Hashable] = {}

    def begin(self, token: str, way: Hashable, now: float) -> None:
        """Count a mail that goes."""
        self.end(token)
        self._ways[token] = way
        self._since.setdefault(way, {})[token] = now
        self._forget(way, now)

    def end(self, token: str) -> None:
        """It was tried, or did not go after all."""
        way = self._ways.pop(token, None)
        tokens = self._since.get(way)
        if tokens is not None:
            tokens.pop(token, None)
            if not tokens:
                del self._since[way]

    def count(self, way: Hashable, now: float) -> int:
        """Give how many are under way."""
        self._forget(way, now)
        return len(self._since.get(way, ()))

    def _forget(self, way: Hashable, now: float) -> None:
        """Drop the oldest, as far as they are too old."""
        while (tokens := self._since.get(way)) is not None:
            oldest = next(iter(tokens))
            if now - tokens[oldest] <= _FORGOTTEN_SECONDS:
                return
            self.end(oldest)
