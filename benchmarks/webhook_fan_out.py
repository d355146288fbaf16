"""How fast events reach webhooks through one worker, and whether a tenth of dead endpoints slows down the others.

`python -m benchmarks.webhook_fan_out [--quick]`. A control plane and one worker on this machine, plain HTTP on the
loopback interface, each endpoint another tenant's. Events happen at a steady rate, at first to endpoints that all
answer, then with a tenth of them dead: these take the connection and never say a word. What is timed for the healthy
ones goes from right before an event's transaction to its arrival. Last, many happen at once. The last line is one JSON
object.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

import msgspec

from benchmarks import cpu
from benchmarks.populated import Populated, populated
from control_plane.core import ids
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.core.tenancy import acting_for
from control_plane.piccolo_conf import DB
from control_plane.settings import load
from control_plane.webhooks import service as webhooks
from control_plane.webhooks.schemas import NewWebhook

NEEDS_LAB = False

_TYPE = "message.delivered"
_PER_BATCH = 10
"""Events that are stored together, as a node reports them."""
_STEADY_SECONDS = 30
_STEADY_PER_SECOND = 100
_BURST = 10_000
_PATIENCE_SECONDS = 180
_PATH = re.compile(rb"POST /(\d+) .*?webhook-id: (\S+)\r\n", re.DOTALL)

_STORE = """
insert into events (tenant_id, id, type, at) select tenant_id, id, $3, now()
from unnest($1::uuid[], $2::uuid[]) as e (tenant_id, id)"""


class Figures(msgspec.Struct, frozen=True):
    """What was measured."""

    endpoints: int
    dead: int
    events: int
    per_s: float
    p99_ms_healthy: float
    p50_ms_healthy: float
    p50_ms_without_dead: float
    rows_per_s: float
    cpu_ms_per_event: float
    """Of the worker and PostgreSQL, while as many are sent as can be."""


class Endpoints:
    """All endpoints on one port, told apart by their path; the dead ones never answer."""

    def __init__(self) -> None:
        self.dead: set[int] = set()
        self.arrived: dict[str, float] = {}
        self._news = asyncio.Condition()
        self.port = 0
        self._silent: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Listen."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        at, found = time.monotonic(), _PATH.search(head)
        assert found, head
        if int(found[1]) in self.dead:
            self._silent.append(writer)
            return
        self.arrived.setdefault(found[2].decode(), at)
        async with self._news:
            self._news.notify_all()
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def until(self, expected: set[str]) -> None:
        """Wait until these have arrived."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async with self._news:
                await self._news.wait_for(lambda: expected <= self.arrived.keys())


class Happening:
    """Makes events happen, and knows when."""

    def __init__(self, runtime: Runtime, tenants: Sequence[UUID]) -> None:
        self._runtime = runtime
        self._tenants = tenants
        self._next = 0

    async def batch(self, count: int) -> dict[str, tuple[float, int]]:
        """Store events of some tenants in turn; gives when each happened, and at which endpoint it should arrive."""
        places = [(self._next + each) % len(self._tenants) for each in range(count)]
        self._next += count
        owners, event_ids = [self._tenants[place] for place in places], [ids.new_uuid() for _ in places]
        at = time.monotonic()
        async with self._runtime.db.fleet_tx() as tx:
            await tx.connection.execute(_STORE, owners, event_ids, _TYPE)
            await webhooks.fan_out(tx, owners, event_ids, [_TYPE] * count)
        return {ids.encode("evt", each): (at, place) for each, place in zip(event_ids, places, strict=True)}

    async def steadily(self, seconds: float) -> dict[str, tuple[float, int]]:
        """Let events happen at a steady rate."""
        happened: dict[str, tuple[float, int]] = {}
        begun, batches = time.monotonic(), round(seconds * _STEADY_PER_SECOND / _PER_BATCH)
        for number in range(batches):
            await asyncio.sleep(max(begun + number * _PER_BATCH / _STEADY_PER_SECOND - time.monotonic(), 0))
            happened |= await self.batch(_PER_BATCH)
        return happened


@contextmanager
def worker(env: dict[str, str]) -> Generator[int]:
    """Run one; gives its process id."""
    process = subprocess.Popen([sys.executable, "-m", "control_plane.worker"], env=env, stdout=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


async def subscribe(runtime: Runtime, endpoints: Endpoints, count: int) -> list[UUID]:
    """Give each tenant a webhook; gives the tenants in the order of their endpoints."""
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch("select id from tenants order by id limit $1", count)
    tenants: list[UUID] = [row["id"] for row in rows]
    for place, tenant_id in enumerate(tenants):
        new = NewWebhook(url=f"http://127.0.0.1:{endpoints.port}/{place}")
        with acting_for(tenant_id):
            await webhooks.create(runtime.db, runtime.vault, runtime.settings.egress_allow, new)
    return tenants


async def latencies(happening: Happening, endpoints: Endpoints, seconds: float) -> list[float]:
    """Let events happen; gives the milliseconds that those of healthy endpoints took."""
    happened = await happening.steadily(seconds)
    alive = {name: at for name, (at, place) in happened.items() if place not in endpoints.dead}
    await endpoints.until(set(alive))
    return [(endpoints.arrived[name] - at) * 1000 for name, at in alive.items()]


async def burst(happening: Happening, endpoints: Endpoints, count: int) -> tuple[float, float]:
    """Let many events happen at once; gives how many rows were made and how many arrived, a second."""
    begun, happened = time.monotonic(), dict[str, tuple[float, int]]()
    for _ in range(count // 500):
        happened |= await happening.batch(500)
    made = time.monotonic()
    alive = {name for name, (_, place) in happened.items() if place not in endpoints.dead}
    await endpoints.until(alive)
    return len(happened) / (made - begun), len(alive) / (max(endpoints.arrived[name] for name in alive) - begun)


async def measure(place: Populated, count: int, seconds: float, burst_of: int) -> Figures:
    """Run the three parts."""
    env = place.settings | {"FLEETPOST_EGRESS_ALLOW": "127.0.0.0/8"}
    endpoints = Endpoints()
    async with endpoints.open(), open_runtime(load(env), DB) as runtime:
        happening = Happening(runtime, await subscribe(runtime, endpoints, count))
        with worker(env) as pid:
            await latencies(happening, endpoints, 3)  # until the worker is up
            without = await latencies(happening, endpoints, seconds)
            print(f"all healthy: p50 {_p(without, 50):.1f} ms, p99 {_p(without, 99):.1f} ms", file=sys.stderr)
            endpoints.dead = set(range(0, count, 10))
            healthy = await latencies(happening, endpoints, seconds)
            print(f"a tenth dead: p50 {_p(healthy, 50):.1f} ms, p99 {_p(healthy, 99):.1f} ms", file=sys.stderr)
            before = cpu.trees([pid, place.roots[1]])
            rows_per_s, per_s = await burst(happening, endpoints, burst_of)
            cpu_seconds = cpu.trees([pid, place.roots[1]]) - before
    return Figures(
        endpoints=count,
        dead=len(endpoints.dead),
        events=len(endpoints.arrived),
        per_s=round(per_s, 1),
        p99_ms_healthy=round(_p(healthy, 99), 1),
        p50_ms_healthy=round(_p(healthy, 50), 1),
        p50_ms_without_dead=round(_p(without, 50), 1),
        rows_per_s=round(rows_per_s),
        cpu_ms_per_event=round(cpu_seconds / burst_of * 1000, 2),
    )


def _p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds only")
    quick: bool = parser.parse_args().quick
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    count, seconds, burst_of = (20, 5, 1000) if quick else (100, _STEADY_SECONDS, _BURST)
    with populated(count) as place:
        figures = asyncio.run(measure(place, count, seconds, burst_of))
    print(json.dumps(msgspec.to_builtins(figures)))


if __name__ == "__main__":
    main()
