"""How two texts differ, line by line, with a little of what is around."""

import difflib
from collections.abc import Iterator
from typing import Literal

import msgspec

MOST_LINES = 2_000
"""Comparing takes longer than in proportion."""
_AROUND = 2
_LONGEST_LINE = 500


class Line(msgspec.Struct, frozen=True):
    """One line, and what became of it."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""


def compare(before: str, after: str) -> list[Line] | None:
    """Give the lines that differ; None for texts that are too long to be compared."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) > MOST_LINES or len(new) > MOST_LINES:
        return None
    return list(_lines(old, new))


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, old, new)
    for number, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        if number:
            yield Line("gap")
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (Line("same", each[:_LONGEST_LINE]) for each in old[old_start:old_end])
                continue
            yield from (Line("removed", each[:_LONGEST_LINE]) for each in old[old_start:old_end])
            yield from (Line("added", each[:_LONGEST_LINE]) for each in new[new_start:new_end])
