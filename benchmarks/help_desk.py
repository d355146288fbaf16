"""The mail of a help desk, 30 a second in and out, with everything on two cores and 2 GiB: CPU, memory, what is lost.

`python -m benchmarks.help_desk [--quick] [--seconds N]`. A lab of its own with one node is brought up in a control
group; the outside world and who writes are not in it. Half of the mail goes out, each message by a request of its own;
of what comes in, and is scanned for spam, half is for a mailbox and half goes to a webhook. The last line is one JSON
object.
"""

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from benchmarks import cpu
from benchmarks.cgroup import Cgroup, cgroup
from benchmarks.end_to_end import message, platform_roots
from benchmarks.inbound import hand_in, routed_domain, stored
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import TENANT_MAILBOX
from e2e.lab.sink import Sink, sink

NEEDS_LAB = False

_OUT_PER_SECOND = 15
_TO_MAILBOX_PER_SECOND, _TO_WEBHOOK_PER_SECOND = 8, 7
_MEMORY = 2 * 1024**3
_CORES = 2
_WRITERS = 8
_SAMPLE_SECONDS = 2.0
_WAIT_SECONDS = 120.0
_REPOSITORY = Path(__file__).parents[1]


class Figures(msgspec.Struct, frozen=True):
    """What was measured."""

    cpu_pct: float
    """Of both cores, while mail flows."""
    rss_mb: float
    """The most at once, without the cache of files."""
    sent: int
    received: int
    lost: int
    late_requests: int
    """Requests that were sent more than a second after their time: who writes was too slow, or we were."""
    p99_ms: float
    """Of the requests that send."""


class Writers:
    """Send one message after the other at a steady rate, whatever the answers take."""

    def __init__(self, lab: Lab, tag: str, seconds: int) -> None:
        self._lab = lab
        self._tag = tag
        self._count = seconds * _OUT_PER_SECOND
        self.took_ms: list[float] = []
        self.late = 0

    async def run(self) -> None:
        """Send all of them."""
        places = asyncio.Semaphore(_WRITERS)
        headers = {"Authorization": f"Bearer {self._lab.credentials.tenant_key}"}
        async with httpx.AsyncClient(base_url=self._lab.api_url, headers=headers, timeout=60) as client:
            begun = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for number in range(self._count):
                    due = begun + number / _OUT_PER_SECOND
                    await asyncio.sleep(max(due - time.monotonic(), 0))
                    await places.acquire()
                    self.late += time.monotonic() - due > 1
                    group.create_task(self._send(client, places, number))

    async def _send(self, client: httpx.AsyncClient, places: asyncio.Semaphore, number: int) -> None:
        begun = time.monotonic()
        try:
            (await client.post("/v1/messages", json=message(self._tag, number))).raise_for_status()
        finally:
            places.release()
        self.took_ms.append((time.monotonic() - begun) * 1000)


@contextmanager
def small_box(home: Path) -> Generator[tuple[Lab, Cgroup]]:
    """Bring up a lab in a control group, and only what is ours stays in there."""
    scripts, env = _REPOSITORY / "scripts", {**os.environ, "FLEETPOST_HOME": str(home)}
    with cgroup(_MEMORY) as group:
        up = ["taskset", "-c", "0,1", str(scripts / "up"), "--detach", "--nodes", "1"]
        subprocess.run(group.inside(up), env=env, stdout=subprocess.DEVNULL, check=True)
        try:
            lab = Lab.load(home)
            ours = {pid for root in platform_roots(lab) for pid in cpu.family(root)}
            group.dismiss(group.pids() - ours)
            yield lab, group
        finally:
            subprocess.run([scripts / "down"], env=env, check=True)


def steady(lab: Lab, recipient: str, per_second: int, seconds: int) -> "subprocess.Popen[bytes]":
    """Have somebody outside hand in mails at a steady rate."""
    # Each of so many sessions waits for a second between its mails.
    argv = hand_in(lab, recipient, per_second * seconds, options=["-s", str(per_second), "-w", "1"])
    return subprocess.Popen(argv, stdout=subprocess.DEVNULL)


async def watch(group: Cgroup, samples: list[int]) -> None:
    """Look at the memory now and then."""
    while True:
        samples.append(group.bytes_in_use())
        await asyncio.sleep(_SAMPLE_SECONDS)


async def flow(lab: Lab, group: Cgroup, writers: Writers, domain: str, seconds: int) -> tuple[float, int]:
    """Let mail flow in and out; gives the CPU seconds used and the most memory in use."""
    samples: list[int] = []
    roots = platform_roots(lab)
    before, each, watching = cpu.trees(roots), cpu.by_program(roots), asyncio.create_task(watch(group, samples))
    outside = [
        steady(lab, TENANT_MAILBOX, _TO_MAILBOX_PER_SECOND, seconds),
        steady(lab, f"desk@{domain}", _TO_WEBHOOK_PER_SECOND, seconds),
    ]
    try:
        await writers.run()
        for process in outside:
            await asyncio.to_thread(process.wait, _WAIT_SECONDS)
    finally:
        watching.cancel()
        for process in outside:
            process.kill()
    print(f"CPU seconds: {cpu.since(each, roots)}", file=sys.stderr)
    return cpu.trees(roots) - before, max(samples)


def run(lab: Lab, group: Cgroup, server: Sink, seconds: int) -> Figures:
    """Let mail flow, wait until all of it has arrived or time is up, and count."""
    tag = secrets.token_hex(3)
    with routed_domain(lab, f"desk-{tag}") as domain:
        mailbox_before, told_before = stored(lab, TENANT_MAILBOX), len(lab.outside.webhooks())
        writers = Writers(lab, tag, seconds)
        begun = time.monotonic()
        used, most = asyncio.run(flow(lab, group, writers, domain, seconds))
        took = time.monotonic() - begun
        expected = {
            "out": seconds * _OUT_PER_SECOND,
            "mailbox": seconds * _TO_MAILBOX_PER_SECOND,
            "webhook": seconds * _TO_WEBHOOK_PER_SECOND,
        }

        def arrived() -> dict[str, int]:
            calls = {call.headers["webhook-id"] for call in lab.outside.webhooks()[told_before:] if domain in call.path}
            people = {person for person in server.copies() if tag in person}
            return {
                "out": len(people),
                "mailbox": stored(lab, TENANT_MAILBOX) - mailbox_before,
                "webhook": len(calls),
            }

        try:
            wait_until(lambda: arrived() == expected, "all has arrived", seconds=_WAIT_SECONDS)
        finally:
            print(f"expected {expected}, arrived {arrived()}", file=sys.stderr)
        found = arrived()
    return Figures(
        cpu_pct=round(used / (took * _CORES) * 100, 2),
        rss_mb=round(most / 1024**2, 1),
        sent=found["out"],
        received=found["mailbox"] + found["webhook"],
        lost=sum(expected.values()) - sum(found.values()),
        late_requests=writers.late,
        p99_ms=round(sorted(writers.took_ms)[len(writers.took_ms) * 99 // 100], 1),
    )


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20 seconds only")
    parser.add_argument("--seconds", type=int, default=600)
    arguments = parser.parse_args()
    home = Path(os.environ.get("FLEETPOST_HOME", _REPOSITORY / "var" / "bench"))
    with small_box(home) as (lab, group), sink(lab) as server:
        figures = run(lab, group, server, 20 if arguments.quick else arguments.seconds)
    print(json.dumps(msgspec.to_builtins(figures)))


if __name__ == "__main__":
    main()
