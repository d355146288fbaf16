"""Days of warm-up in seconds: one new address beside warm ones, hour by hour, decided by what decides in the fleet.

What the new address may not take goes to the pool's warm addresses, then to a relay, and what is left waits for the
next hour.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import msgspec

from control_plane.core.clock import FixedClock
from control_plane.warmup.decide import Position, cap_of, decide
from control_plane.warmup.schemas import Counts, Schedule, Verdict
from tenant_agent import wire

_HOURS: Final = 24


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What others can take beside the new address, in an hour, of all classes together."""

    warm: int
    relay: int


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one class in an hour."""

    day: int
    hour: int
    provider: str
    cap: wire.Cap
    wanted: int
    """What was to be sent, with what had waited."""
    sent: int
    """By the new address."""
    warm: int
    relay: int
    waiting: int


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided for a day at one class, and what was sent by the new address."""

    day: int
    date: date
    provider: str
    step: int
    verdict: Verdict
    why: str
    cap: int
    sent: int


Demand = Callable[[int, int, str], int]
"""How many new mails a day's hour brings for a class."""
Outcome = Callable[[int, str, int], Counts]
"""What comes of a day's mail of the new address at a class."""


class _Class:
    """One provider class: where it is, and what waits."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.at = Position(step=1)
        self.verdict: Verdict = "begin"
        self.why = ""
        self.waiting = 0
        self.sent_today = 0


class Simulation:
    """Run it day by day; `hours` and `days` tell what happened."""

    def __init__(self, schedule: Schedule, room: Room, demand: Demand, outcome: Outcome, clock: FixedClock) -> None:
        self._schedule, self._room, self._demand, self._outcome, self._clock = schedule, room, demand, outcome, clock
        self._classes = [_Class(provider) for provider in schedule.shares]
        self.hours: list[Hour] = []
        self.days: list[Day] = []

    def run(self, days: int) -> None:
        """Let days pass."""
        for day in range(1, days + 1):
            for hour in range(_HOURS):
                self._hour(day, hour)
                self._clock.move(timedelta(hours=1))
            for each in self._classes:
                self._turn(day, each)

    def _hour(self, day: int, hour: int) -> None:
        warm, relay = self._room.warm, self._room.relay
        for each in self._classes:
            wanted = each.waiting + self._demand(day, hour, each.provider)
            cap = cap_of(self._schedule, each.provider, each.at.step)
            sent = min(wanted, cap.per_hour, cap.per_day - each.sent_today)
            by_warm = min(wanted - sent, warm)
            by_relay = min(wanted - sent - by_warm, relay)
            warm, relay = warm - by_warm, relay - by_relay
            each.sent_today += sent
            each.waiting = wanted - sent - by_warm - by_relay
            self.hours.append(
                Hour(
                    day=day,
                    hour=hour,
                    provider=each.provider,
                    cap=cap,
                    wanted=wanted,
                    sent=sent,
                    warm=by_warm,
                    relay=by_relay,
                    waiting=each.waiting,
                )
            )

    def _turn(self, day: int, each: _Class) -> None:
        cap = cap_of(self._schedule, each.provider, each.at.step)
        self.days.append(
            Day(
                day=day,
                date=(self._clock.now() - timedelta(hours=1)).date(),
                provider=each.provider,
                step=each.at.step,
                verdict=each.verdict,
                why=each.why,
                cap=cap.per_day,
                sent=each.sent_today,
            )
        )
        idle_days = 0 if each.sent_today or each.at.step == 1 else each.at.idle_days + 1
        at = msgspec.structs.replace(each.at, idle_days=idle_days)
        decision = decide(self._schedule, each.provider, at, self._outcome(day, each.provider, each.sent_today))
        each.at = Position(step=decision.step, is_done=decision.verdict == "done", idle_days=idle_days)
        each.verdict, each.why, each.sent_today = decision.verdict, decision.why, 0


def all_well(_: int, __: str, sent: int) -> Counts:
    """Give a day on which everything is taken."""
    return Counts(sent=sent, delivered=sent)


def spread(per_day: int, shares: Mapping[str, float]) -> Demand:
    """Spread a day's mail over the hours from 6 to 22 UTC, and over classes by their shares."""
    awake = range(6, 22)

    def demand(_: int, hour: int, provider: str) -> int:
        return int(per_day * shares[provider] / len(awake)) if hour in awake else 0

    return demand
