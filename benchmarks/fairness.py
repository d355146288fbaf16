"""A hundred tenants of very unequal load share a node for a simulated day: how long their mail waits, and a picture.

    scripts/bench fairness [--quick]

The line is the fleet's own (`control_plane.deliveries.turns`), beside the oldest-first one that it took the place of.
Its last line has the 95th percentiles of waiting, in seconds, for small, middling and large senders.
"""

import argparse
import json
import random
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from benchmarks.plots import Series, write
from control_plane.deliveries.turns import Standing, portions

NEEDS_LAB = False
_IMAGES = Path(__file__).parent.parent / "docs/images"
_TENANTS = 100
_LARGE, _MIDDLING = 5, 15
_PER_SECOND = 50
_CLAIM = 50
"""Each second the node claims what it can send in it."""
_DAY = 86_400
_POOL = UUID(int=1)
_BLUE, _RED = "#2563eb", "#dc2626"


class Arrival(msgspec.Struct, frozen=True):
    """Mail that a tenant hands in at once."""

    second: int
    tenant: int
    mails: int


def arrivals(seconds: int) -> list[Arrival]:
    """Five send campaigns of 100,000 and more, ten some thousand every few hours, the others one mail now and then."""
    chooser = random.Random(5)
    made = [
        Arrival(chooser.randrange(seconds // 2), tenant, chooser.randrange(100_000, 400_000) * seconds // _DAY)
        for tenant in range(_LARGE)
    ]
    for tenant in range(_LARGE, _MIDDLING):
        made += [
            Arrival(second, tenant, chooser.randrange(500, 3000))
            for second in range(chooser.randrange(3600), seconds, 4 * 3600)
        ]
    for tenant in range(_MIDDLING, _TENANTS):
        per_hour = chooser.choice((1, 3, 10, 30, 100))
        at = 0.0
        while (at := at + chooser.expovariate(per_hour / 3600)) < seconds:
            made.append(Arrival(int(at), tenant, 1))
    return sorted(made, key=lambda arrival: arrival.second)


class Waits:
    """How long each tenant's mail waited: seconds, and how much of it."""

    def __init__(self) -> None:
        self._of: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, tenant: int, seconds: int, mails: int) -> None:
        """Note that mail was claimed."""
        self._of[tenant][seconds] += mails

    def p95(self, tenants: Sequence[int]) -> int:
        """Give the 95th percentile over all mail of some tenants."""
        together: dict[int, int] = defaultdict(int)
        for tenant in tenants:
            for seconds, mails in self._of[tenant].items():
                together[seconds] += mails
        left = sum(together.values()) * 0.95
        for seconds in sorted(together):
            left -= together[seconds]
            if left <= 0:
                return seconds
        return 0


class Line:
    """The mail that waits, each tenant's in its order."""

    def __init__(self) -> None:
        self.batches: dict[int, deque[list[int]]] = defaultdict(deque)

    def add(self, arrival: Arrival) -> None:
        """Have mail wait."""
        self.batches[arrival.tenant].append([arrival.second, arrival.mails])

    def take(self, tenant: int, most: int) -> Iterator[tuple[int, int]]:
        """Take a tenant's oldest mail; gives when it came, and how much."""
        waiting = self.batches[tenant]
        while most and waiting:
            came, mails = waiting[0]
            taken = min(mails, most)
            waiting[0][1] -= taken
            most -= taken
            if not waiting[0][1]:
                waiting.popleft()
            yield came, taken
        if not waiting:
            del self.batches[tenant]


def fair(seconds: int, made: Sequence[Arrival]) -> Waits:
    """Claim each second in turns, as the control plane does."""
    waits, line, starts, clock, coming = Waits(), Line(), defaultdict[int, float](float), 0.0, deque(made)
    for second in range(seconds):
        while coming and coming[0].second == second:
            tenant = coming[0].tenant
            if tenant not in line.batches:
                starts[tenant] = max(starts[tenant], clock)
            line.add(coming.popleft())
        left = _CLAIM
        while left and line.batches:
            standing = [Standing(UUID(int=t), _POOL, "transactional", starts[t], 1.0) for t in line.batches]
            for part in portions(standing, left):
                tenant = part.standing.tenant_id.int
                for came, mails in line.take(tenant, part.deliveries):
                    waits.add(tenant, second - came, mails)
                    left -= mails
                    clock = max(clock, starts[tenant] + mails - 1)
                    starts[tenant] += mails
    return waits


def oldest_first(seconds: int, made: Sequence[Arrival]) -> Waits:
    """Claim each second what came first, whoever sent it."""
    waits, coming, waiting = Waits(), deque(made), deque[list[int]]()
    for second in range(seconds):
        while coming and coming[0].second == second:
            arrival = coming.popleft()
            waiting.append([arrival.second, arrival.tenant, arrival.mails])
        left = _CLAIM
        while left and waiting:
            came, tenant, mails = waiting[0]
            taken = min(mails, left)
            waits.add(tenant, second - came, taken)
            left -= taken
            waiting[0][2] -= taken
            if not waiting[0][2]:
                waiting.popleft()
    return waits


def draw(turns: Waits, before: Waits) -> None:
    """Draw each tenant's 95th percentile."""
    tenants = range(_TENANTS)
    write(
        _IMAGES / "fairness.svg",
        "Seconds that a tenant's mail waits (95th percentile); 1 to 5 send campaigns, 6 to 15 newsletters",
        [
            Series(name="oldest first", values=tuple(float(before.p95([t])) for t in tenants), colour=_RED),
            Series(name="in turns", values=tuple(float(turns.p95([t])) for t in tenants), colour=_BLUE),
        ],
        unit="tenant",
    )


def main() -> None:
    """Simulate, draw, and say the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    seconds = _DAY // 8 if parser.parse_args().quick else _DAY
    began = time.perf_counter()
    made = arrivals(seconds)
    turns, before = fair(seconds, made), oldest_first(seconds, made)
    if seconds == _DAY:
        draw(turns, before)
    large, middling, small = range(_LARGE), range(_LARGE, _MIDDLING), range(_MIDDLING, _TENANTS)
    figures = {
        "tenants": _TENANTS,
        "mails": sum(arrival.mails for arrival in made),
        "p95_wait_small_s": turns.p95(small),
        "p95_wait_middling_s": turns.p95(middling),
        "p95_wait_large_s": turns.p95(large),
        "p95_wait_small_oldest_first_s": before.p95(small),
        "p95_wait_middling_oldest_first_s": before.p95(middling),
        "p95_wait_large_oldest_first_s": before.p95(large),
        "worst_tenant_small_s": max(turns.p95([tenant]) for tenant in small),
        "seconds": round(time.perf_counter() - began, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
