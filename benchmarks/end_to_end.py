"""API batch → node → another MX → event stored, against the bare node stack in the same run.

`python -m benchmarks.end_to_end [--quick]` with a lab that is up. Both sides send mails of the same size to the same
`smtp-sink`, in turns; CPU seconds are those of whole process trees, without the client, the feeder and the sink. The
platform's side counts everything of Fleetpost: front, web, worker, PostgreSQL, Valkey and all nodes with their agents.
The last line is one JSON object with the medians.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from benchmarks import cpu
from benchmarks.bare import Bare, bare_node
from control_plane.core.ids import new_uuid
from e2e.lab.commands import wait_until
from e2e.lab.control import PROCESS as CONTROL
from e2e.lab.lab import Lab
from e2e.lab.plan import BULK_DOMAIN, TENANT_MAILBOX
from e2e.lab.sink import Sink, sink

BODY_BYTES = 4096
BATCH = 500
_WAIT_SECONDS = 180.0
_DELIVERED = """
    select count(*) from tenants t join deliveries d on d.tenant_id = t.id and d.id > $1 where d.status = 'delivered'"""


class Figures(msgspec.Struct, frozen=True):
    """What one side did in one round."""

    messages: int
    lost: int
    duplicated: int
    seconds: float
    cpu_seconds: float

    @property
    def cpu_s_per_1k(self) -> float:
        """CPU seconds for a thousand messages."""
        return self.cpu_seconds / self.messages * 1000


def measured(
    server: Sink, roots: list[int], tag: str, count: int, act: Callable[[], None], settled: Callable[[], bool]
) -> Figures:
    """Run one round: act, wait until all is settled, and count copies and CPU seconds."""
    before, each, started = cpu.trees(roots), cpu.by_program(roots), time.monotonic()
    act()
    wait_until(settled, f"{count} messages are through", seconds=_WAIT_SECONDS)
    seconds, used = time.monotonic() - started, cpu.trees(roots) - before
    print(f"CPU seconds of {count}: {cpu.since(each, roots)}", file=sys.stderr)
    copies = [number for person, number in server.copies().items() if tag in person]
    return Figures(
        messages=count,
        lost=count - len(copies),
        duplicated=sum(number - 1 for number in copies),
        seconds=seconds,
        cpu_seconds=used,
    )


def platform_round(lab: Lab, server: Sink, count: int) -> Figures:
    """Send through the public API in batches, and wait until every delivery's event is stored."""
    tag, since, already = f"p{secrets.token_hex(4)}", new_uuid(), server.count()

    def send() -> None:
        with lab.api() as api:
            for start in range(0, count, BATCH):
                numbers = range(start, min(start + BATCH, count))
                api.post("/v1/messages/batch", json=batch(tag, numbers)).raise_for_status()

    def is_settled() -> bool:
        return server.count() - already >= count and delivered(lab, since) >= count

    return measured(server, platform_roots(lab), tag, count, send, is_settled)


def without_webhooks(lab: Lab) -> None:
    """Take the lab's webhooks away: what is measured ends with the stored event."""
    with lab.api() as api:
        for webhook in api.get("/v1/webhooks").raise_for_status().json()["data"]:
            api.delete(f"/v1/webhooks/{webhook['id']}").raise_for_status()


def batch(tag: str, numbers: range) -> dict[str, object]:
    """Write one request's body: a message of its own to each recipient."""
    return {"messages": [message(tag, number) for number in numbers]}


def message(tag: str, number: int) -> dict[str, object]:
    """Write one of them."""
    line = "All work and no play makes the mail go its way every day.\n"
    return {
        "from": {"email": TENANT_MAILBOX, "name": "Benchmark"},
        "to": [{"email": f"{tag}.{number}@{BULK_DOMAIN}"}],
        "subject": "Benchmark",
        "text": (line * (BODY_BYTES // len(line) + 1))[:BODY_BYTES],
    }


def bare_round(bare: Bare, server: Sink, count: int) -> Figures:
    """Feed the bare node, and wait until its queue has gone out."""
    tag = f"b{secrets.token_hex(4)}"
    already = server.count()
    return measured(
        server,
        [bare.pid],
        tag,
        count,
        lambda: bare.feed(count, BODY_BYTES, tag),
        lambda: server.count() - already >= count,
    )


def platform_roots(lab: Lab) -> list[int]:
    """Name the roots of all process trees that are Fleetpost."""
    named = [record.pid for name in (CONTROL, "gate") if (record := lab.processes.find(name))]
    files = (lab.home / "postgres" / "postmaster.pid", lab.home / "run" / "valkey.pid")
    embedded = [int(path.read_text().split()[0]) for path in files if path.exists()]
    return [*named, *embedded, *(node.pid for node in lab.nodes)]


def delivered(lab: Lab, since: UUID) -> int:
    """Count the deliveries, accepted since an id was made, whose delivery event is stored.

    To ask is not the platform's work but counts as it: the index leads to the round's own rows, and nobody asks before
    the sink has all of them.
    """
    url = lab.control.environment()["FLEETPOST_FLEET_DATABASE_URL"]

    async def ask() -> int:
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(_DELIVERED, since))
        finally:
            await connection.close()

    time.sleep(0.5)  # between two questions
    return asyncio.run(ask())


def run(lab: Lab, *, rounds: int, count: int) -> dict[str, object]:
    """Alternate both sides and give medians."""
    ours: list[Figures] = []
    theirs: list[Figures] = []
    without_webhooks(lab)
    with sink(lab) as server, bare_node(lab) as bare:
        platform_round(lab, server, BATCH // 5)
        bare_round(bare, server, BATCH // 5)
        for number in range(rounds):
            ours.append(platform_round(lab, server, count))
            theirs.append(bare_round(bare, server, count))
            say = (
                f"round {number + 1}: {ours[-1].cpu_s_per_1k:.2f} against {theirs[-1].cpu_s_per_1k:.2f} CPU s per 1,000"
            )
            sys.stderr.write(say + "\n")
    return {
        "messages": sum(round_.messages for round_ in ours),
        "lost": sum(round_.lost for round_ in ours),
        "duplicated": sum(round_.duplicated for round_ in ours),
        "messages_per_s": round(statistics.median(round_.messages / round_.seconds for round_ in ours), 1),
        "cpu_s_per_1k": round(statistics.median(round_.cpu_s_per_1k for round_ in ours), 3),
        "bare_cpu_s_per_1k": round(statistics.median(round_.cpu_s_per_1k for round_ in theirs), 3),
        "ratio": round(
            statistics.median(a.cpu_s_per_1k / b.cpu_s_per_1k for a, b in zip(ours, theirs, strict=True)), 3
        ),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--home", type=Path, default=None, help="the lab's state directory")
    arguments = parser.parse_args()
    rounds, count = (1, 500) if arguments.quick else (3, 3000)
    print(json.dumps(run(Lab.load(arguments.home), rounds=rounds, count=count)))


if __name__ == "__main__":
    main()
