"""Reading the API with 10 and with 10,000 tenants, and what row-level security costs.

`python -m benchmarks.api_scale [--quick]`. Two control planes of their own stand side by side, each with its own
PostgreSQL and the same amount of mail per tenant; the same readers ask them in turns, each request as another tenant.
The cost of row-level security is the CPU time per request with all policies, over that with none, in turns too. The
last line is one JSON object with the medians.
"""

import argparse
import asyncio
import itertools
import json
import random
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack

import asyncpg
import msgspec

from benchmarks.http_load import Load, Wanted, load
from benchmarks.populated import Populated, populated

NEEDS_LAB = False

FEW, MANY = 10, 10_000
_READERS = 8
_ALWAYS = "/v1/me", "/v1/domains", "/v1/mailboxes", "/v1/messages?limit=20", "/v1/messages?status=delivered&limit=20"

_TABLES = "select oid::regclass::text as name from pg_class where relrowsecurity and relkind in ('r', 'p')"


def reading(place: Populated, seed: int) -> Callable[[], Wanted]:
    """Choose each request's tenant and what it reads at random, the same way in every round."""
    chooser = random.Random(seed)

    def choose() -> Wanted:
        reader = chooser.choice(place.readers)
        return Wanted(chooser.choice([*_ALWAYS, f"/v1/messages/{reader.message_id}"]), reader.key)

    return choose


def everybody_once(place: Populated) -> Callable[[], Wanted]:
    """Have each tenant ask in turn, as in a service that runs: statements are prepared, and keys are known."""
    turns = itertools.cycle(place.readers)
    return lambda: Wanted("/v1/messages?limit=20", next(turns).key)


async def round_of(place: Populated, seconds: float, seed: int) -> tuple[Load, float]:
    """Read for a while; gives the load and the CPU milliseconds per request."""
    before = place.cpu_seconds()
    done = await load(place.port, reading(place, seed), readers=_READERS, seconds=seconds)
    return done, (place.cpu_seconds() - before) * 1000 / done.requests


async def walled_tables(place: Populated) -> list[str]:
    """Name the tables that have policies; their partitions have none of their own."""
    connection = await asyncpg.connect(place.superuser_url)
    try:
        return [row["name"] for row in await connection.fetch(_TABLES)]
    finally:
        await connection.close()


async def switch_policies(place: Populated, tables: list[str], *, on: bool) -> None:
    """Switch row-level security on or off."""
    connection = await asyncpg.connect(place.superuser_url)
    try:
        for table in tables:
            await connection.execute(f"alter table {table} {'enable' if on else 'disable'} row level security")
    finally:
        await connection.close()


class Figures(msgspec.Struct):
    """Medians of all rounds."""

    p99_ms_10: float
    p99_ms_10000: float
    ratio: float
    """The worse of: p99 with many tenants over p99 with few; requests per second with few over those with many."""
    requests_per_s: float
    """With many tenants."""
    rls_overhead_pct: float


async def measure(few: Populated, many: Populated, *, rounds: int, seconds: float) -> Figures:
    """Read in turns: few, many; then with and without policies."""
    for place in (few, many):
        await load(place.port, everybody_once(place), readers=_READERS, seconds=max(seconds, len(place.readers) / 400))
    pairs = [[(await round_of(place, seconds, seed))[0] for place in (few, many)] for seed in range(1, rounds + 1)]
    for seed, (with_few, with_many) in enumerate(pairs, 1):
        print(f"round {seed}: 10 tenants {_said(with_few)}; 10,000 tenants {_said(with_many)}", file=sys.stderr)
    p99 = [statistics.median(pair[place].p99_ms for pair in pairs) for place in (0, 1)]
    rate = [statistics.median(pair[place].per_second for pair in pairs) for place in (0, 1)]
    return Figures(
        p99_ms_10=round(p99[0], 2),
        p99_ms_10000=round(p99[1], 2),
        ratio=round(max(p99[1] / p99[0], rate[0] / rate[1]), 3),
        requests_per_s=round(rate[1], 1),
        rls_overhead_pct=round(await _policies_cost(many, rounds, seconds), 2),
    )


async def _policies_cost(place: Populated, rounds: int, seconds: float) -> float:
    """Give by how many percent the policies raise the CPU time of a request."""
    tables, overheads = await walled_tables(place), []
    for seed in range(1, rounds + 1):
        cost = {}
        for on in (True, False):
            await switch_policies(place, tables, on=on)
            await round_of(place, seconds / 4, seed)  # every connection plans its statements anew
            cost[on] = (await round_of(place, seconds, seed))[1]
        print(f"round {seed}: {cost[True]:.3f} ms with policies, {cost[False]:.3f} ms without", file=sys.stderr)
        overheads.append((cost[True] / cost[False] - 1) * 100)
    await switch_policies(place, tables, on=True)
    return statistics.median(overheads)


def _said(done: Load) -> str:
    return f"{done.per_second:.0f}/s, p50 {done.p50_ms:.1f} ms, p99 {done.p99_ms:.1f} ms"


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    quick: bool = parser.parse_args().quick
    rounds, seconds = (3, 3.0) if quick else (5, 10.0)
    with ExitStack() as opened:
        few, many = opened.enter_context(populated(FEW)), opened.enter_context(populated(MANY))
        figures = asyncio.run(measure(few, many, rounds=rounds, seconds=seconds))
    print(json.dumps(msgspec.to_builtins(figures)))


if __name__ == "__main__":
    main()
