"""Warms an address up for 40 simulated days, by the very functions of the fleet, and draws what happened for docs/.

    scripts/bench warmup_days [--quick]

Its last line counts days, mails, the caps that were exceeded (none) and the seconds that it took.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.plots import Series, write
from control_plane.core.clock import FixedClock
from control_plane.warmup.presets import PRESETS, SHARES
from control_plane.warmup.schemas import Counts
from control_plane.warmup.simulate import Hour, Room, Simulation, spread

NEEDS_LAB = False
_IMAGES = Path(__file__).parent.parent / "docs/images"
_DAYS, _PER_DAY = 40, 60_000
_ROOM = Room(warm=2000, relay=500)
_DEFERRING, _BOUNCING = range(9, 13), range(20, 22)
_BLUE, _ORANGE, _GREEN, _GREY, _RED = "#2563eb", "#ea580c", "#16a34a", "#94a3b8", "#dc2626"


def outcome(day: int, provider: str, sent: int) -> Counts:
    """Let Yahoo put mail off for four days, and Google find many addresses dead for two."""
    if provider == "yahoo" and day in _DEFERRING:
        return Counts(sent=sent, delivered=sent, deferred=sent)
    if provider == "google" and day in _BOUNCING:
        return Counts(sent=sent, delivered=sent * 88 // 100, bounced=sent * 12 // 100)
    return Counts(sent=sent, delivered=sent)


def simulated(days: int) -> Simulation:
    """Run it."""
    clock = FixedClock(datetime(2026, 11, 1, tzinfo=UTC))
    simulation = Simulation(PRESETS["steady"], _ROOM, spread(_PER_DAY, SHARES), outcome, clock)
    simulation.run(days)
    return simulation


def exceeded(hours: Sequence[Hour]) -> int:
    """Count hours in which more was sent than a cap allows."""
    today: Counter[tuple[int, str]] = Counter()
    found = 0
    for each in hours:
        today[each.day, each.provider] += each.sent
        found += each.sent > each.cap.per_hour or today[each.day, each.provider] > each.cap.per_day
    return found


def draw(simulation: Simulation) -> None:
    """Write the plots."""
    for provider, name in (("google", "Google"), ("yahoo", "Yahoo")):
        days = [day for day in simulation.days if day.provider == provider]
        plan = Series(name="cap", values=tuple(day.cap for day in days), colour=_ORANGE)
        sent = Series(name="sent", values=tuple(day.sent for day in days), colour=_BLUE, is_area=True)
        write(_IMAGES / f"warm-up-{provider}.svg", f"Mails a day to {name}: cap and sent", [sent, plan])
    ways: dict[str, Counter[int]] = defaultdict(Counter)
    for each in simulation.hours:
        for way in ("sent", "warm", "relay"):
            ways[way][each.day] += getattr(each, way)
        if each.hour == max(hour.hour for hour in simulation.hours[:200]):
            ways["waiting"][each.day] += each.waiting
    named = (("sent", "new address", _BLUE), ("warm", "warm ones", _GREEN), ("relay", "relay", _GREY))
    numbers = sorted({each.day for each in simulation.hours})
    areas = [
        Series(name=label, values=tuple(ways[way][day] for day in numbers), colour=colour, is_area=True)
        for way, label, colour in named
    ]
    waiting = Series(name="waits at midnight", values=tuple(ways["waiting"][day] for day in numbers), colour=_RED)
    write(_IMAGES / "warm-up-overflow.svg", "Which way a day’s mail leaves", [*areas, waiting])


def main() -> None:
    """Simulate, draw, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="ten days, and nothing drawn")
    quick = parser.parse_args().quick
    began = time.perf_counter()
    simulation = simulated(10 if quick else _DAYS)
    seconds = time.perf_counter() - began
    if not quick:
        draw(simulation)
    result = {
        "days": 10 if quick else _DAYS,
        "mails": sum(each.sent + each.warm + each.relay for each in simulation.hours),
        "by_new_address": sum(each.sent for each in simulation.hours),
        "caps_exceeded": exceeded(simulation.hours),
        "seconds": round(seconds, 3),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
