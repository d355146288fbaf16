"""What a warm-up looks like: its table of steps, where each provider class is in it, and what was planned and sent."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body

Verdict: TypeAlias = Literal["begin", "climb", "wait", "hold", "step_back", "done"]
Preset: TypeAlias = Literal["steady", "hourly", "even", "steep"]

_MOST_STEPS, _MOST_CLASSES, _MOST_CAP = 120, 50, 100_000_000

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=_MOST_CAP)]
Share: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=1)]
ClassName: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$(?!\n)")]


class Step(Body, frozen=True, kw_only=True):
    """What the whole address may send at one step."""

    per_day: Count
    per_hour: Count


class Schedule(Body, frozen=True, kw_only=True):
    """A table of steps, and how each is divided among provider classes."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=_MOST_STEPS)]
    shares: Annotated[dict[ClassName, Share], msgspec.Meta(min_length=1, max_length=_MOST_CLASSES)]
    """By class; `generic` is for each class that is not named, and must be there."""


class Counts(msgspec.Struct, frozen=True):
    """How mail of an address fared at a class: first attempts, and what came of all attempts."""

    sent: int = 0
    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    complained: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Add up two days."""
        return Counts(*(mine + theirs for mine, theirs in zip(_values(self), _values(other), strict=True)))


class DayCounts(msgspec.Struct, frozen=True, kw_only=True):
    """A UTC day of an address at a class."""

    provider: str
    day: date
    counts: Counts


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """Where a class is in the table."""

    provider: str
    step: int
    verdict: Verdict
    why: str
    decided_on: date


class ClassStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What may be sent to a class today, and what was."""

    step: int
    cap_today: int
    cap_hour: int
    sent_today: int
    verdict: Verdict
    why: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far the warm-up of an address is; what is sent is counted when nodes report it."""

    step: int
    """The lowest of its classes."""
    steps: int
    cap_today: int
    sent_today: int
    by_provider: dict[str, ClassStanding]


class Warmup(msgspec.Struct, frozen=True, kw_only=True):
    """The warm-up of an address; its id is the address's."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"standing"})

    id: str
    address: str
    node_id: str
    status: Literal["running", "held", "finished"]
    why: str
    """Why it began."""
    schedule: Schedule
    started_at: datetime
    finished_at: datetime | None
    standing: Standing


class PlannedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What was planned for a day at a class, and what was sent."""

    day: date
    provider: str
    step: int
    cap: int
    sent: int
    verdict: Verdict
    why: str


class WarmupChange(Body, frozen=True, kw_only=True):
    """Another table of steps, one of the presets or your own; each class stays at the step at which it is."""

    preset: Preset | None = None
    schedule: Schedule | None = None


class StepBack(Body, frozen=True, kw_only=True):
    """Which class is to go back; none: all of them."""

    provider: ClassName | None = None


class Schedules(msgspec.Struct, frozen=True):
    """The tables of steps that come with the product, by the name under which they are chosen."""

    presets: dict[Preset, Schedule]


def _values(counts: Counts) -> tuple[int, ...]:
    return counts.sent, counts.delivered, counts.deferred, counts.bounced, counts.complained
