"""Sum parts up: what is counted apart, and what together."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from control_plane.analytics.schemas import Counts, Grain, Part

_DIMENSIONS = ("stream", "provider")
_GRAINS: tuple[Grain, ...] = ("hour", "day")


class UnknownSplit(ValueError):
    """There is nothing of that name to count apart by; the message says what there is."""


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted apart."""

    grain: Grain | None = None
    stream: bool = False
    provider: bool = False


def read_split(text: str) -> Split:
    """Read what to count apart, with commas between; raises `UnknownSplit`."""
    wanted = {each.strip() for each in text.split(",") if each.strip()}
    asked: list[Grain] = [grain for grain in _GRAINS if grain in wanted]
    if wanted - {*_DIMENSIONS, *_GRAINS} or len(asked) > 1:
        raise UnknownSplit("Write some of stream, provider, and either hour or day, with commas between.")
    return Split(grain=asked[0] if asked else None, stream="stream" in wanted, provider="provider" in wanted)


def summed(parts: Iterable[Part], split: Split) -> tuple[Part, ...]:
    """Count together all that is not counted apart, in order."""
    sums: dict[tuple[datetime | None, str | None, str | None], Counts] = defaultdict(Counts)
    for part in parts:
        start = part.start if split.grain else None
        key = start, part.stream if split.stream else None, part.provider if split.provider else None
        sums[key] += part.counts
    ordered = sorted(sums, key=lambda key: tuple(str(each or "") for each in key))
    return tuple(Part(start=key[0], stream=key[1], provider=key[2], counts=sums[key]) for key in ordered)


def total(parts: Iterable[Part]) -> Counts:
    """Count all of it."""
    return sum((part.counts for part in parts), Counts())
