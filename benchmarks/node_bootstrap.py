"""How long a new node takes to serve 100,000 mailboxes, and a change on it to be in force.

`python -m benchmarks.node_bootstrap [--quick]` with a lab that is up. Its first node loses all that its agent keeps but
its credential, and is started: timed is from the link's greeting to the acknowledgement, with real Postfix, Dovecot,
Rspamd and Redis. Then mailboxes are made one by one, each while a client is in an SMTP session in which its address
was refused a moment before and must be taken afterwards. Memory is the most that the agent ever had. The last line is
one JSON object; `incremental_ms` is the median from the commit to the acknowledgement.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import re
import shutil
import smtplib
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from benchmarks.estate import Estate, clear, mailbox, settle
from control_plane.core import ids
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ALL_ROLES, ItemChange
from control_plane.piccolo_conf import DB
from control_plane.settings import load
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.node import Node
from tenant_agent import wire

_KEPT = frozenset({"credential", "mail.db", "mail.db-shm", "mail.db-wal"})
_CHANGES = 20
_BOOT_SECONDS = 300.0
_SETTLE_SECONDS = 30.0
_ACCEPTED, _REFUSED = 250, 550
_LINE = re.compile(
    r"timestamp='(?P<at>[^']+)'.* event='(?P<event>link\.up|changes\.applied)'(?: generation=(?P<generation>\d+))?"
)


class Figures(msgspec.Struct, frozen=True):
    """What was measured."""

    mailboxes: int
    domains: int
    seconds: float
    incremental_ms: float
    rss_mb: float


class Journal:
    """The agent's log: when it was greeted and what it acknowledged."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._from = len(list(node.log_lines("agent")))

    def _lines(self) -> Iterator[re.Match[str]]:
        lines = list(self._node.log_lines("agent"))[self._from :]
        return (found for line in lines if (found := _LINE.match(line)))

    def greeted_at(self) -> float | None:
        """Give when the link came up."""
        return next((_time(line) for line in self._lines() if line["event"] == "link.up"), None)

    def applied_at(self, generation: int) -> float | None:
        """Give when a generation was in force."""
        applied = (line for line in self._lines() if line["event"] == "changes.applied")
        return next((_time(line) for line in applied if int(line["generation"]) >= generation), None)


def _time(line: re.Match[str]) -> float:
    return dt.datetime.fromisoformat(line["at"]).timestamp()


async def bootstrap(lab: Lab, node: Node, node_id: UUID, much: Estate) -> float:
    """Start the node with nothing, and wait until everything is in force; gives the seconds."""
    connection = await asyncpg.connect(lab.control.environment()["FLEETPOST_FLEET_DATABASE_URL"])
    node.stop()
    try:
        generation = await settle(connection, node_id, ids.decode("ten", lab.credentials.tenant_id), much)
    finally:
        await connection.close()
    forget(node)
    journal = Journal(node)
    node.start()
    what = f"the node has everything in force (see {node.logs}/agent.log)"
    wait_until(lambda: journal.applied_at(generation) is not None, what, seconds=_BOOT_SECONDS)
    greeted, applied = journal.greeted_at(), journal.applied_at(generation)
    assert greeted is not None
    assert applied is not None
    return applied - greeted


def forget(node: Node) -> None:
    """Take from a stopped node all that its agent was told."""
    for path in (node.directory / "lib-fleetpost").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in _KEPT:
            path.unlink()


async def changes(lab: Lab, node: Node, node_id: UUID, domains: int) -> list[float]:
    """Make mailboxes, each in force in the session that its address was refused in; gives milliseconds."""
    port = lab.state.ports[f"{node.plan.name}.smtp"]
    public_id, tenant_id = ids.encode("nod", node_id), ids.decode("ten", lab.credentials.tenant_id)
    async with open_runtime(load(lab.control.environment()), DB) as runtime:
        times: list[float] = []
        for number in range(_CHANGES):
            item = mailbox(number % domains, f"new.{number}.{time.time_ns()}", public_id)
            with smtplib.SMTP("127.0.0.1", port, timeout=30) as session:
                session.ehlo("client.bench.test")
                session.mail("someone@elsewhere.test")
                refused, why = session.rcpt(item.address)
                assert refused == _REFUSED, (refused, why)
                times.append(await _in_force(runtime, node, tenant_id, item))
                accepted, why = session.rcpt(item.address)
                assert accepted == _ACCEPTED, (accepted, why)
    return times


async def _in_force(runtime: Runtime, node: Node, tenant_id: UUID, item: wire.MailboxItem) -> float:
    """Publish a mailbox and wait until it is in force; gives the milliseconds since the moment before the commit."""
    journal, began = Journal(node), 0.0

    async def note(_: object) -> None:
        nonlocal began
        began = time.time()

    async with runtime.db.fleet_tx() as tx:
        await nodes.publish(
            tx, tenant_id, [ItemChange(kind="mailbox", key=item.address, item=item)], ALL_ROLES, only_node=_id(item)
        )
        tx.at_end(note)
    generation = await nodes.desired_generation(runtime.db, _id(item))
    wait_until(lambda: journal.applied_at(generation) is not None, "the change is in force", seconds=_SETTLE_SECONDS)
    applied = journal.applied_at(generation)
    assert applied is not None
    return (applied - began) * 1000


def _id(item: wire.MailboxItem) -> NodeId:
    return NodeId(ids.decode("nod", item.node_id))


def most_mb(node: Node) -> float:
    """Give the most resident memory that the agent has had."""
    pid = node.service_pid("agent")
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


async def run(lab: Lab, much: Estate) -> Figures:
    """Measure, and leave the lab as it was."""
    node = lab.nodes[0]
    environment = lab.control.environment()
    connection = await asyncpg.connect(environment["FLEETPOST_FLEET_DATABASE_URL"])
    try:
        node_id = await connection.fetchval(
            "select id from nodes where name = $1 and status <> 'retired'", node.plan.name
        )
        try:
            seconds = await bootstrap(lab, node, node_id, much)
            print(f"{much.mailboxes} mailboxes in force after {seconds:.1f} s", file=sys.stderr)
            times = await changes(lab, node, node_id, much.domains)
            print(f"a change: median {statistics.median(times):.1f} ms, most {max(times):.1f} ms", file=sys.stderr)
            rss_mb = most_mb(node)
        finally:
            node.stop()
            await clear(connection, node_id)
            forget(node)
            node.start()
    finally:
        await connection.close()
    return Figures(
        much.mailboxes, much.domains, round(seconds, 1), round(statistics.median(times), 1), round(rss_mb, 1)
    )


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="with a tenth of it")
    parser.add_argument("--home", type=Path, default=None, help="the lab's state directory")
    arguments = parser.parse_args()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    much = Estate(500, 10_000) if arguments.quick else Estate(5_000, 100_000)
    print(json.dumps(msgspec.to_builtins(asyncio.run(run(Lab.load(arguments.home), much)))))


if __name__ == "__main__":
    main()
