"""Which nodes have a change in which stage: pure. Waves take their share of each region: none changes all at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Literal
from uuid import UUID

import msgspec


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A node that a roll-out is for."""

    id: UUID
    name: str
    region: str
    is_ready: bool
    fits: bool
    """Its agent knows the change."""
    sends: bool
    load: int
    """How much it has sent lately."""


def pick_canary(candidates: Iterable[Candidate]) -> Candidate | None:
    """Choose who tries it first: of the nodes that are there and know it, the sender that sends least."""
    able = [each for each in candidates if each.is_ready and each.fits]
    return min(able, key=lambda each: (not each.sends, each.load, each.name), default=None)


def stages(
    candidates: Sequence[Candidate], canary: Sequence[UUID], waves: Sequence[int], unit: Literal["percent", "nodes"]
) -> list[list[UUID]]:
    """Give each stage's nodes: the canaries, each wave up to its mark, and last whoever is left.

    A wave that would bring nobody in addition is left out.
    """
    first, rest = list(canary), [each.id for each in _by_turns(candidates) if each.id not in set(canary)]
    found, given = [first], 0
    for mark in (*(_count(wave, unit, len(candidates)) for wave in waves), len(candidates)):
        upto = max(mark - len(first), given)
        if rest[given:upto]:
            found.append(rest[given:upto])
        given = upto
    return found


def _count(wave: int, unit: Literal["percent", "nodes"], nodes: int) -> int:
    """Say how many nodes have the change after a wave; of percents, the next whole node."""
    return wave if unit == "nodes" else -(-min(wave, 100) * nodes // 100)


def _by_turns(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Order nodes so that each region has its turn, those that send least first."""
    regions: defaultdict[str, list[Candidate]] = defaultdict(list)
    for each in sorted(candidates, key=lambda each: (each.load, each.name)):
        regions[each.region].append(each)
    turns = zip_longest(*(regions[name] for name in sorted(regions)))
    return [each for turn in turns for each in turn if each is not None]
