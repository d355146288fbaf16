"""How long a change takes from its commit to a thousand connected agents, and what a connection costs.

`python -m benchmarks.fan_out [--quick]`. A control plane of its own with one web process, and simulated agents in two
processes beside it, all on this machine, without TLS (where it ends is not the control plane's business). A tenant
that is placed on all nodes publishes a change, which reaches every agent; then one that is placed on a single node
does. What is timed begins before the commit. The last line is one JSON object: percentiles over every arrival of the
changes that go to all, and what the web process grew by, per agent.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from benchmarks import cpu
from benchmarks.populated import Populated, populated
from control_plane.core import crypto, ids
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ALL_ROLES, ItemChange
from control_plane.piccolo_conf import DB
from control_plane.settings import load
from tenant_agent import wire

NEEDS_LAB = False

_PROCESSES = 2
_CHANGES = 20
_PAUSE_SECONDS = 1
"""Between two changes: in it, a thousand agents acknowledge the one before."""
_IDLE_SECONDS = 10
_READY_SECONDS = 180
_ARRIVE_SECONDS = 60


class Figures(msgspec.Struct, frozen=True):
    """What was measured."""

    agents: int
    p50_ms: float
    p99_ms: float
    kb_per_agent: float


class Fleet(NamedTuple):
    """The nodes, the tenant that is on all of them, and the one that is on one."""

    credentials: list[str]
    everywhere: UUID
    on_one: UUID


_NODES = """
insert into nodes (id, name, hostname, service_address, roles, status, credential_lookup, credential_hash)
select id, 'node-' || place, 'node-' || place || '.bench.test', '10.0.0.0'::inet + place,
  array['outbound', 'mx', 'mailbox'], 'ready', lookup, hash
from unnest($1::uuid[], $2::text[], $3::bytea[]) with ordinality as made (id, lookup, hash, place)"""

_POOL = "insert into ip_pools (id, name, kind, stream) values (new_uuid(), 'bench', 'shared', 'transactional')"

_ADDRESSES = """
insert into ips (id, pool_id, node_id, address, hostname, status)
select new_uuid(), p.id, n.id, n.service_address + 65536, 'out-' || n.hostname, 'active' from nodes n, ip_pools p"""

_PLACEMENTS = """
insert into placements (tenant_id, node_id, filled_at)
select $1, id, now() from nodes order by service_address limit $2"""


async def make_fleet(place: Populated, count: int) -> Fleet:
    """Make nodes that have enrolled."""
    made = [crypto.new_credential("fpn") for _ in range(count)]
    connection = await asyncpg.connect(place.superuser_url)
    try:
        await connection.execute(
            _NODES, [ids.new_uuid() for _ in made], [each.lookup for each in made], [each.hash for each in made]
        )
        await connection.execute(_POOL)
        await connection.execute(_ADDRESSES)
        everywhere, on_one = [row["id"] for row in await connection.fetch("select id from tenants order by id limit 2")]
        await connection.execute(_PLACEMENTS, everywhere, count)
        await connection.execute(_PLACEMENTS, on_one, 1)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    return Fleet([each.token for each in made], everywhere, on_one)


class Crowds:
    """The processes with the agents."""

    def __init__(self, port: int, keys: Sequence[str], credentials: list[str]) -> None:
        self._processes = [_crowd(port, keys, credentials[number::_PROCESSES]) for number in range(_PROCESSES)]

    async def until_ready(self) -> None:
        """Wait until all agents have their state."""
        async with asyncio.timeout(_READY_SECONDS):
            for process in self._processes:
                line = await asyncio.to_thread(_line, process)
                assert line == "ready", line

    async def arrivals(self, key: str, *, everywhere: bool) -> list[float]:
        """Wait until all, or the one, had the change; gives when."""
        async with asyncio.timeout(_ARRIVE_SECONDS):
            if everywhere:
                said = [json.loads(await asyncio.to_thread(_line, process)) for process in self._processes]
            else:
                said = [json.loads(await asyncio.to_thread(_line, self._processes[0]))]
        assert {each["key"] for each in said} == {key}, said
        return [at for each in said for at in each["times"]]

    def stop(self) -> None:
        """End them."""
        for process in self._processes:
            process.kill()
            process.wait()


def _crowd(port: int, keys: Sequence[str], credentials: list[str]) -> "subprocess.Popen[str]":
    with tempfile.NamedTemporaryFile("w", prefix="fp-agents-", suffix=".txt", delete=False) as file:
        file.write("\n".join([" ".join(keys), *credentials]))
    command = [sys.executable, "-m", "benchmarks.fleet_agents", str(port), file.name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def change(runtime: Runtime, tenant_id: UUID, key: str) -> float:
    """Publish a change of a domain; gives the moment before its commit."""
    began = 0.0

    async def note(_: object) -> None:
        nonlocal began
        began = time.monotonic()

    async with runtime.db.fleet_tx() as tx:
        item = wire.DomainItem(name=key, return_domain=f"bounce.{key}")
        await nodes.publish(tx, tenant_id, [ItemChange(kind="domain", key=key, item=item)], ALL_ROLES)
        tx.at_end(note)
    return began


async def measure(place: Populated, agents: int) -> Figures:
    """Connect the fleet and change things."""
    fleet = await make_fleet(place, agents)
    web = place.roots[0]
    async with open_runtime(load(place.settings), DB) as runtime:
        async with runtime.db.fleet_tx() as tx:
            keys = await nodes.public_keys(tx)
        before_kb = resident_kb(web)
        crowds = Crowds(place.port, keys, fleet.credentials)
        try:
            begun = time.monotonic()
            await crowds.until_ready()
            print(f"{agents} agents connected in {time.monotonic() - begun:.1f} s", file=sys.stderr)
            await _say_idle_cost(place)
            everywhere = await _times(runtime, crowds, fleet.everywhere, "all")
            kb_per_agent = (resident_kb(web) - before_kb) / agents
            one = await _times(runtime, crowds, fleet.on_one, "one")
        finally:
            crowds.stop()
    print(f"to one of {agents}: p50 {_p(one, 50):.1f} ms, p99 {_p(one, 99):.1f} ms", file=sys.stderr)
    p50, p99 = _p(everywhere, 50), _p(everywhere, 99)
    return Figures(agents, round(p50, 1), round(p99, 1), round(kb_per_agent, 1))


async def _times(runtime: Runtime, crowds: Crowds, tenant_id: UUID, kind: str) -> list[float]:
    """Make changes one after the other; gives the milliseconds of each arrival."""
    times: list[list[float]] = []
    for number in range(_CHANGES):
        await asyncio.sleep(_PAUSE_SECONDS)
        key = f"{kind}-{number}.test"
        began = await change(runtime, tenant_id, key)
        times.append([(at - began) * 1000 for at in await crowds.arrivals(key, everywhere=kind == "all")])
    print(f"{kind}: the last had each change after {[round(max(each)) for each in times]} ms", file=sys.stderr)
    return [each for change_times in times for each in change_times]


async def _say_idle_cost(place: Populated) -> None:
    before = place.cpu_seconds()
    await asyncio.sleep(_IDLE_SECONDS)
    busy = (place.cpu_seconds() - before) / _IDLE_SECONDS * 100
    print(f"web process and PostgreSQL use {busy:.1f} % of a core while nothing changes", file=sys.stderr)


def resident_kb(root: int) -> int:
    """Give the resident memory of a process and all below it."""
    return sum(_resident_kb(pid) for pid in cpu.family(root))


def _resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="with a hundred agents")
    quick: bool = parser.parse_args().quick
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    with populated(2) as place:
        figures = asyncio.run(measure(place, 100 if quick else 1000))
    print(json.dumps(msgspec.to_builtins(figures)))


if __name__ == "__main__":
    main()
