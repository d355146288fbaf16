"""Whether a regular expression may be shipped to nodes: it must not be able to search for long, whatever it is given.

Read is a part of Python's syntax: characters, sets, groups, alternatives and repetition. What a reply can make such an
expression try is bounded by the number of ways through it, which is computed here, times the reply's length.
"""

import re
from typing import Final

from control_plane.core.text import NOT_ONE_LINE, is_one_line
from tenant_agent import wire

MOST_CHARACTERS: Final = 300
_MOST_WAYS: Final = 5000
_DEEPEST: Final = 10
_WITHOUT_END: Final = wire.MOST_REPLY_CHARACTERS
_COUNTED = re.compile(r"\{(?P<least>[0-9]{1,3})(?P<range>,(?P<most>[0-9]{0,3}))?\}")


class BadPattern(ValueError):
    """The expression is not taken; the text says why, for people."""


def check(pattern: str) -> None:
    """Raise `BadPattern` unless the expression is sound, finds something, and is quick on whatever it is given."""
    if not pattern or len(pattern) > MOST_CHARACTERS:
        raise BadPattern(f"Give an expression of 1 to {MOST_CHARACTERS} characters.")
    if not is_one_line(pattern):
        raise BadPattern(NOT_ONE_LINE)
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(f"This is not a regular expression: {error}.") from error
    if _Ways(pattern).count() > _MOST_WAYS:
        raise BadPattern("There are too many ways through this expression: use fewer repetitions and alternatives.")
    if compiled.search(""):
        raise BadPattern("This expression fits everything: name something that the reply must hold.")


class _Ways:
    """Counts the ways through an expression, reading it from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def count(self) -> int:
        """Count them; raises `BadPattern` at what is not read."""
        return self._alternatives(0)

    def _alternatives(self, depth: int) -> int:
        if depth > _DEEPEST:
            raise BadPattern(f"Nest groups at most {_DEEPEST} deep.")
        ways = self._sequence(depth)
        while self._peek() == "|":
            self._at += 1
            ways += self._sequence(depth)
        return ways

    def _sequence(self, depth: int) -> int:
        ways = 1
        while self._peek() not in ("", "|", ")"):
            inner = self._one(depth)
            choices = self._repetition()
            if choices > 1 and inner > 1:
                raise BadPattern("Do not repeat a group that holds repetitions or alternatives itself.")
            ways = min(ways * inner * choices, _MOST_WAYS + 1)
        return ways

    def _one(self, depth: int) -> int:
        """Read one character, set or group; gives the ways through it."""
        character = self._peek()
        self._at += 1
        if character == "(":
            return self._group(depth)
        if character == "[":
            self._set()
        elif character == "\\":
            self._escape()
        elif character == "{":  # Python may read it as a repetition all the same
            raise BadPattern("Write repetitions as {2}, {2,} or {2,30}, up to 999, and a brace itself as \\{.")
        return 1

    def _group(self, depth: int) -> int:
        if self._peek() == "?":
            if not self._pattern.startswith("?:", self._at):
                raise BadPattern("Of groups that begin with `(?` only `(?:` is taken.")
            self._at += 2
        ways = self._alternatives(depth + 1)
        self._at += 1
        return ways

    def _set(self) -> None:
        start = self._at + (self._peek() == "^")
        self._at = start
        while self._peek() != "]" or self._at == start:
            self._at += 2 if self._peek() == "\\" else 1

    def _escape(self) -> None:
        if self._peek().isdigit():
            raise BadPattern("References to groups are not taken.")
        self._at += 1

    def _repetition(self) -> int:
        """Read what may follow; gives how many numbers of times it allows."""
        counted = _COUNTED.match(self._pattern, self._at)
        character = self._peek()
        if counted:
            self._at = counted.end()
            choices = _choices(counted)
        elif character in ("*", "+", "?") and character:
            self._at += 1
            choices = 2 if character == "?" else _WITHOUT_END
        else:
            return 1
        if self._peek() in ("?", "+") and self._peek():
            self._at += 1
        return choices

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]


def _choices(counted: re.Match[str]) -> int:
    least = int(counted["least"])
    if counted["range"] is None:
        return 1 if least <= 1 else 2
    return (int(counted["most"]) if counted["most"] else _WITHOUT_END) - least + 1
