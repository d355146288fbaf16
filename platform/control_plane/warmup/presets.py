"""Tables of steps that come with the product; the figures are those that large senders publish or are known to use."""

from collections.abc import Iterable, Mapping
from typing import Final

from control_plane.warmup.schemas import Preset, Schedule, Step
from tenant_agent import wire

DEFAULT: Final[Preset] = "steady"

SHARES: Final[Mapping[str, float]] = {
    "google": 0.35,
    "outlook": 0.15,
    "office365": 0.15,
    "yahoo": 0.15,
    "apple": 0.05,
    wire.GENERIC: 0.15,
}
"""The tables say what a whole address may send; this is about how people's mail is spread. Together they are 1."""

_HOURS_A_DAY: Final = 5
"""A day's mail leaves within about so many hours: an hour may bring a fifth of it."""

_STEADY = (300, 390, 510, 660, 860, 1100, 1400, 1900, 2400, 3200, 4100, 5400, 7000, 9100, 11_800, 15_400, 20_000,
           26_000, 33_700, 43_900, 57_000)  # fmt: skip
_HOURLY = (20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810, 1000, 1587, 2222, 3111, 4356, 6098, 8583, 11_953,
           16_734, 23_427, 32_798, 45_917, 64_284, 89_998, 125_997, 176_395, 246_953, 345_735, 484_029, 677_640,
           948_696, 1_328_175, 1_859_444, 2_603_222)  # fmt: skip
_STEEP = (50, 100, 500, 1000, 5000, 10_000, 20_000, 40_000, 70_000, 100_000, 150_000, 250_000, 400_000, 600_000,
          1_000_000, 2_000_000, 4_000_000)  # fmt: skip
_EVEN_DAYS, _EVEN_TOP = 45, 50_000


def _daily(caps: Iterable[int]) -> tuple[Step, ...]:
    return tuple(Step(per_day=cap, per_hour=max(cap // _HOURS_A_DAY, 1)) for cap in caps)


def _schedule(name: str, steps: tuple[Step, ...]) -> Schedule:
    return Schedule(name=name, steps=steps, shares=dict(SHARES))


PRESETS: Final[Mapping[Preset, Schedule]] = {
    "steady": _schedule("Steady", _daily(_STEADY)),
    "hourly": _schedule("Hourly", tuple(Step(per_day=cap * 24, per_hour=cap) for cap in _HOURLY)),
    "even": _schedule("Even", _daily(_EVEN_TOP * day // _EVEN_DAYS for day in range(1, _EVEN_DAYS + 1))),
    "steep": _schedule("Steep", _daily(_STEEP)),
}
"""`steady`: 21 days, each a third more than the one before; the right one if in doubt. `hourly`: 36 days by the hour,
for very large senders. `even`: the same more each day, for 45 days. `steep`: fast, for lists that are known to be good.
"""
