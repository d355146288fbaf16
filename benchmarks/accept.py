"""How fast the API accepts messages, one by one and in batches, and what that costs beside the bare node stack.

`python -m benchmarks.accept [--quick]` with a lab that is up. A control plane of its own with a durable PostgreSQL
takes mail of several tenants and has no nodes, so that nothing but accepting is measured. In the same run, in turns,
the bare node stack of `end_to_end` takes as many mails of the same size and delivers them; the ratios are CPU seconds
over CPU seconds. The last line is one JSON object with the medians.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
from collections.abc import Callable

import asyncpg
import msgspec

from benchmarks.bare import Bare, bare_node
from benchmarks.end_to_end import BATCH, bare_round, message
from benchmarks.http_load import Load, Wanted, load
from benchmarks.populated import Populated, Reader, populated
from e2e.lab.lab import Lab
from e2e.lab.sink import Sink, sink

_TENANTS = 8
_CLIENTS = 8
_BATCHERS = 2
_POOL = "insert into ip_pools (id, name, kind, stream) values (gen_random_uuid(), 'Shared', 'shared', 'transactional')"


class Side(msgspec.Struct, frozen=True):
    """One round of one way to send."""

    load: Load
    messages: int
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Messages accepted per second."""
        return self.messages / self.load.seconds

    @property
    def cpu_s_per_1k(self) -> float:
        """CPU seconds of web process and PostgreSQL for a thousand messages."""
        return self.cpu_seconds / self.messages * 1000


class Round(msgspec.Struct, frozen=True):
    """All sides once, in the order in which they were measured."""

    single: Side
    batch: Side
    bare_cpu_s_per_1k: float


async def make_pool(place: Populated) -> None:
    """Make what the tenants' mail is accepted for."""
    connection = await asyncpg.connect(place.superuser_url)
    try:
        await connection.execute(_POOL)
    finally:
        await connection.close()


def of(reader: Reader, number: int) -> dict[str, object]:
    """Write a message of a tenant's."""
    return message("accept", number) | {"from": {"email": f"ann@{reader.domain}", "name": "Benchmark"}}


def singles(place: Populated) -> Callable[[], Wanted]:
    """Have each tenant send one message in turn."""
    turns, numbers = itertools.cycle(place.readers), itertools.count()

    def choose() -> Wanted:
        reader = next(turns)
        return Wanted("/v1/messages", reader.key, json.dumps(of(reader, next(numbers))).encode())

    return choose


def batches(place: Populated) -> Callable[[], Wanted]:
    """Have each tenant send a batch in turn; they are written beforehand, so that writing them is not measured."""
    written = [
        Wanted(
            "/v1/messages/batch",
            reader.key,
            json.dumps({"messages": [of(reader, n) for n in range(BATCH)]}).encode(),
        )
        for reader in place.readers
    ]
    turns = itertools.cycle(written)
    return lambda: next(turns)


def side(place: Populated, choose: Callable[[], Wanted], *, clients: int, seconds: float, each: int) -> Side:
    """Send for a while."""
    before = place.cpu_seconds()
    done = asyncio.run(load(place.port, choose, readers=clients, seconds=seconds))
    return Side(done, done.requests * each, place.cpu_seconds() - before)


def round_of(place: Populated, bare: Bare, server: Sink, seconds: float, count: int) -> Round:
    """Measure all sides once."""
    return Round(
        single=side(place, singles(place), clients=_CLIENTS, seconds=seconds, each=1),
        batch=side(place, batches(place), clients=_BATCHERS, seconds=seconds, each=BATCH),
        bare_cpu_s_per_1k=bare_round(bare, server, count).cpu_s_per_1k,
    )


def figures(rounds: list[Round]) -> dict[str, float]:
    """Give the medians."""

    def median(read: Callable[[Round], float], digits: int) -> float:
        return round(statistics.median(map(read, rounds)), digits)

    return {
        "per_s": median(lambda each: each.single.per_second, 1),
        "p50_ms": median(lambda each: each.single.load.p50_ms, 2),
        "p99_ms": median(lambda each: each.single.load.p99_ms, 2),
        "cpu_s_per_1k": median(lambda each: each.single.cpu_s_per_1k, 3),
        "batch_per_s": median(lambda each: each.batch.per_second, 1),
        "batch_p99_ms": median(lambda each: each.batch.load.p99_ms, 1),
        "batch_cpu_s_per_1k": median(lambda each: each.batch.cpu_s_per_1k, 3),
        "bare_cpu_s_per_1k": median(lambda each: each.bare_cpu_s_per_1k, 3),
        "ratio": median(lambda each: each.single.cpu_s_per_1k / each.bare_cpu_s_per_1k, 3),
        "batch_ratio": median(lambda each: each.batch.cpu_s_per_1k / each.bare_cpu_s_per_1k, 3),
    }


def run(lab: Lab, *, rounds: int, seconds: float, count: int) -> dict[str, float]:
    """Take turns."""
    done: list[Round] = []
    with populated(_TENANTS, durable=True) as place, sink(lab) as server, bare_node(lab) as bare:
        asyncio.run(make_pool(place))
        round_of(place, bare, server, seconds / 5, count // 5)  # statements are prepared, and keys are known
        for number in range(1, rounds + 1):
            done.append(round_of(place, bare, server, seconds, count))
            single, batch = done[-1].single, done[-1].batch
            said = f"{single.per_second:.0f} a second one by one, {batch.per_second:.0f} in batches"
            print(f"round {number}: {said}", file=sys.stderr)
    return figures(done)


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round")
    quick: bool = parser.parse_args().quick
    rounds, seconds, count = (1, 3.0, 500) if quick else (3, 10.0, 3000)
    print(json.dumps(run(Lab.load(), rounds=rounds, seconds=seconds, count=count)))


if __name__ == "__main__":
    main()
