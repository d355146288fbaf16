"""Patterns with `*` and `?`, in so many steps and never more.

A regular expression of a customer's can take for ever on a text of a stranger's. A pattern is cut at its stars instead,
and its parts are searched for one after the other, the first place of each being as good as any later one. What is
left are patterns with many `?`, and many patterns for many texts: so all that is tried together shares its steps.
"""

from typing import Self

import msgspec

MOST_PATTERN = 200
MOST_TEXT = 2000
MOST_STEPS = 50_000
"""Of one decision: a tenth of a second at worst. What 500 patterns need for 20 texts each is half of it."""
_COMPARED_IN_A_STEP = 4096


class OutOfSteps(Exception):
    """There are too many patterns and texts to try them all."""


class Steps:
    """What is left of the steps of one decision: for parts, for places that are looked at, for what is searched."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self._left = most

    def take(self, most_compared: int = 0) -> None:
        """Take what it costs to compare so many characters; raises `OutOfSteps`, and from then on each time."""
        self._left -= 1 + most_compared // _COMPARED_IN_A_STEP
        if self._left < 0:
            raise OutOfSteps


class _Part(msgspec.Struct, frozen=True):
    """What stands between two stars."""

    length: int
    pieces: tuple[tuple[int, str], ...]
    """What stands between its question marks, each with its place."""

    @classmethod
    def of(cls, text: str) -> Self:
        at = 0
        pieces: list[tuple[int, str]] = []
        for piece in text.split("?"):
            if piece:
                pieces.append((at, piece))
            at += len(piece) + 1
        return cls(len(text), tuple(pieces))

    def is_at(self, place: int, text: str, steps: Steps) -> bool:
        for offset, piece in self.pieces:
            steps.take()
            if not text.startswith(piece, place + offset):
                return False
        return True

    def find(self, text: str, start: int, end: int, steps: Steps) -> int:
        """Give the first place from `start` on at which it ends by `end`, or -1."""
        if not self.pieces:
            return start if start + self.length <= end else -1
        offset, piece = self.pieces[0]
        place = start
        while True:
            steps.take(max(end - place, 0) * len(piece))
            place = text.find(piece, place + offset, end) - offset
            if place < start or place + self.length > end:
                return -1
            if len(self.pieces) == 1 or self.is_at(place, text, steps):
                return place
            place += 1


class Glob:
    """A pattern, taken to parts; capitals make no difference. Raises `OutOfSteps`."""

    def __init__(self, pattern: str, steps: Steps) -> None:
        self._steps = steps
        self._first, *self._others = map(self._part, pattern.casefold().split("*"))

    def fits(self, folded: str) -> bool:
        """Say whether all of a text fits that `fold` gave; raises `OutOfSteps`."""
        steps = self._steps
        steps.take()
        if not self._others:
            return len(folded) == self._first.length and self._first.is_at(0, folded, steps)
        *middle, last = self._others
        place, end = self._first.length, len(folded) - last.length
        if place > end or not self._first.is_at(0, folded, steps) or not last.is_at(end, folded, steps):
            return False
        for part in middle:
            found = part.find(folded, place, end, steps)
            if found < 0:
                return False
            place = found + part.length
        return True

    def _part(self, text: str) -> _Part:
        self._steps.take()
        return _Part.of(text)


def fold(text: str) -> str:
    """Make a text ready to be tried: of a long one, the first 2,000 characters count."""
    return text[:MOST_TEXT].casefold()
