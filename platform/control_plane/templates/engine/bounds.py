"""What one rendering may use up: how large each value may be, and how much of the processor all of it together.

The bounds of python-liquid itself count loops and output. Values are bounded here before a filter works on them and
after, so that no single step takes long; between steps the clock is asked. A machine that is busy stops nobody: when
half of the time has passed on the wall, the other half is counted by the thread's own time on the processor, which
costs more to ask for.
"""

import time
from collections.abc import Callable

from liquid.exceptions import LiquidError

MOST_CHARACTERS = 128 * 1024
"""In one value, with all that is in it."""
MOST_ITEMS = 5_000
"""In one list, with all that is in its items."""
MOST_NUMBER = 10**30
DEEPEST = 32

_CHARACTERS_PER_UNIT = 64
UNITS_PER_LOOK = 16
"""So much work is done between two looks at the clock."""

Clock = Callable[[], float]
"""Gives seconds, of which only differences count."""


class TooMuch(LiquidError):
    """The template asks for more than one rendering may use up."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


class Meter:
    """Counts work, and stops it when its time is over."""

    def __init__(self, seconds: float, wall: Clock = time.perf_counter, processor: Clock = time.thread_time) -> None:
        self._wall = wall
        self._processor = processor
        self._half = seconds / 2
        self._wall_end = wall() + self._half
        self._processor_end: float | None = None
        self._left = UNITS_PER_LOOK

    def spend(self, units: int = 1) -> None:
        """Count some work; raises `TooMuch` when the time is over. A unit is one node, or one item of a value."""
        self._left -= units
        if self._left <= 0:
            self._look()

    def _look(self) -> None:
        self._left = UNITS_PER_LOOK
        if self._processor_end is not None:
            if self._processor() > self._processor_end:
                raise TooMuch("rendering takes too long: use fewer or shorter loops")
        elif self._wall() > self._wall_end:
            self._processor_end = self._processor() + self._half


def weigh(value: object) -> int:
    """Give how much work a value is, with all that is in it; raises `TooMuch` if it is too large to be worked on."""
    if isinstance(value, str):
        return _weigh_text(len(value))
    items = characters = 0
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        items += 1
        if isinstance(each, str):
            characters += len(each)
        elif isinstance(each, list | tuple):
            _check_items(items + len(waiting) + len(each))
            waiting.extend(each)
        elif isinstance(each, dict):
            _check_items(items + len(waiting) + len(each))
            characters += sum(len(str(name)) for name in each)
            waiting.extend(each.values())
        elif isinstance(each, range):
            items += max(each.stop - each.start, 0)
        elif isinstance(each, int) and abs(each) > MOST_NUMBER:
            raise TooMuch("a number is too large")
        _check_items(items)
    return items + _weigh_text(characters)


def check_length(characters: int) -> None:
    """Raise `TooMuch` for a text that would be too long."""
    if characters > MOST_CHARACTERS:
        raise TooMuch(f"a value has more than {MOST_CHARACTERS} characters")


def depth_of(value: object) -> int:
    """Give how deeply lists and objects are nested, up to one level more than is allowed."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        level, depth = inner, depth + 1
    return depth


def _weigh_text(characters: int) -> int:
    check_length(characters)
    return 1 + characters // _CHARACTERS_PER_UNIT


def _check_items(items: int) -> None:
    if items > MOST_ITEMS:
        raise TooMuch(f"a list has more than {MOST_ITEMS} items")
