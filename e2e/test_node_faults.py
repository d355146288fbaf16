"""What a real node does when something on it does not work: mail in is deferred, mail out waits to be signed."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from e2e.conftest import Send, Up, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.node import Node
from e2e.lab.outside.sender import Letter
from e2e.lab.processes import children

SECONDS = 60.0
MAPS = "/var/lib/fleetpost/maps"
QUEUE = "/var/spool/postfix"
READY = "/var/lib/fleetpost/ready"
TEMPORARY = range(400, 500)
LOST = 421


@pytest.fixture
def node(lab: Lab) -> Node:
    """The node that takes mail in."""
    return lab.nodes[0]


@contextmanager
def without(nodes: list[Node], service: str) -> Iterator[None]:
    """Keep a service from running: the supervisor starts what is marked as ready, and only that."""
    for each in nodes:
        each.run(["mv", f"{READY}/{service}", f"{READY}/.{service}"])
        kill_with_workers(each, service)
    try:
        yield
    finally:
        for each in nodes:
            each.run(["mv", f"{READY}/.{service}", f"{READY}/{service}"])


def kill_with_workers(node: Node, service: str) -> None:
    """Kill a service and its children, which would go on serving without it."""
    pid = node.service_pid(service)
    assert pid is not None
    for each in (pid, *children(pid)):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def write(lab: Lab, up: Up, unique: str) -> int:
    """Write to a mailbox from outside; gives the answer's code, or that of a connection that was lost."""
    letter = Letter(sender="bob@else.test", to=up.mailbox, subject=unique, text="Is everything all right?\n")
    try:
        return lab.outside.send(letter).code
    except httpx.HTTPStatusError:
        return LOST


def arrives_signed(lab: Lab, api: httpx.Client, message_id: str, recipient: str) -> None:
    wait_for_event(api, message_id, "message.delivered", seconds=SECONDS)
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert mail.verdicts.dkim == "pass"


@pytest.mark.parametrize("service", ["redis", "rspamd-outbound"])
def test_what_cannot_be_signed_waits_and_leaves_signed(
    lab: Lab, api: httpx.Client, send: Send, unique: str, service: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    with without(lab.nodes, service):
        message_id = send(recipient)
        time.sleep(5)  # nothing tells that a mail does not come
        assert lab.outside.mails(recipient) == []
    arrives_signed(lab, api, message_id, recipient)


def test_mail_that_cannot_be_scanned_is_deferred_and_taken_later(lab: Lab, up: Up, unique: str, node: Node) -> None:
    with without([node], "rspamd"):
        assert write(lab, up, unique) in TEMPORARY
    wait_until(lambda: write(lab, up, unique) == 250, "mail is taken again", seconds=SECONDS)


def test_a_full_queue_disk_defers_what_comes_and_keeps_what_goes(
    lab: Lab, up: Up, api: httpx.Client, send: Send, unique: str, node: Node
) -> None:
    recipient = f"bob+{unique}@else.test"
    for each in lab.nodes:
        fill(each)
    try:
        assert write(lab, up, unique) in TEMPORARY
        message_id = send(recipient)
        time.sleep(5)  # nothing tells that a mail does not come
        assert lab.outside.mails(recipient) == []
    finally:
        for each in lab.nodes:
            each.run(["umount", f"{QUEUE}/incoming"])
    wait_until(lambda: write(lab, up, unique) == 250, "mail is taken again", seconds=SECONDS)
    arrives_signed(lab, api, message_id, recipient)


def fill(node: Node) -> None:
    """Give the queue a disk of its own on which nothing has room."""
    node.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", f"{QUEUE}/incoming"])
    node.run(["chown", "postfix", f"{QUEUE}/incoming"])
    node.run(["sh", "-c", f"dd if=/dev/zero of={QUEUE}/incoming/.full bs=1k 2>/dev/null || true"])


def test_a_map_that_somebody_takes_away_is_there_again_at_once(lab: Lab, up: Up, unique: str, node: Node) -> None:
    node.run(["sh", "-c", f"rm {MAPS}/*.lmdb"])
    wait_until(lambda: write(lab, up, unique) == 250, "mail is taken again", seconds=SECONDS)
    assert any("drift.repaired" in line for line in node.log_lines("agent"))


def test_what_somebody_edits_is_put_right_by_the_agents_next_life(lab: Lab, up: Up, unique: str, node: Node) -> None:
    main_cf = Path("/etc/postfix/main.cf")
    before = node.run(["cat", str(main_cf)])
    node.run(["sh", "-c", f"echo 'mydestination = everything.test' >> {main_cf}"])
    node.run(["chmod", "0666", "/var/lib/fleetpost/state.db"])
    node.kill("agent")
    wait_until(lambda: node.run(["cat", str(main_cf)]) == before, "main.cf is as it was", seconds=SECONDS)
    mode = ["stat", "-c", "%a", "/var/lib/fleetpost/state.db"]
    wait_until(lambda: node.run(mode).strip() == "600", "the agent's secrets are closed", seconds=SECONDS)
    wait_until(lambda: write(lab, up, unique) == 250, "mail is taken", seconds=SECONDS)
