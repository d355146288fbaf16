"""A mailbox moves from one node to another while it is read and written to, and then a whole node is emptied."""

import imaplib
import secrets
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Self

import httpx
import pytest

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.node import Node
from e2e.lab.plan import NodePlan
from e2e.lab.tenant import wait_for_nodes
from e2e.people import Imap, Smtp, seen_by
from e2e.test_mailbox_journey import PASSWORD, make_mailbox

SECONDS = 90.0
A_FIFTH = 0.2
MAIL_IN = ("tmp", "new", "cur")
ARCHIVED = 4_000  # so many that a pass takes seconds
KEEPS_MAIL = ("outbound", "mx", "mailbox")
SCRIPT = 'require "fileinto"; if header :contains "subject" "filed" { fileinto "Work"; }'


def api_with(up: Up, key: str) -> httpx.Client:
    """The API with a key."""
    return httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {key}"}, timeout=60)


@pytest.fixture(scope="module")
def operator(up: Up) -> Iterator[httpx.Client]:
    """The API with the operator's key."""
    with api_with(up, up.operator_key) as client:
        yield client


@pytest.fixture(scope="module")
def address(up: Up) -> str:
    """A new mailbox, on the only node that has some."""
    made = f"mara-{secrets.token_hex(5)}@{up.domain}"
    with api_with(up, up.tenant_key) as client:
        make_mailbox(client, made)
    return made


@pytest.fixture(scope="module")
def second(lab: Lab, operator: httpx.Client, address: str) -> Iterator[NodePlan]:
    """A second node that keeps mail, for as long as the tests take; it gives all back in the end."""
    assert address  # was made before, and so on the first node
    plan = lab.node("n2").plan
    register(operator, plan, KEEPS_MAIL)
    wait_for_nodes(lab)
    wait_until(lambda: accepts(lab, plan, address), "the second node takes mail", seconds=SECONDS)
    yield plan
    lab.control.fleetpost("node", "evacuate", plan.name)
    wait_until(lambda: not keeps_some(operator, plan.name), "the second node is empty again", seconds=SECONDS)
    register(operator, plan, plan.roles)
    lab.control.fleetpost("node", "undrain", plan.name)
    wait_for_nodes(lab)


def register(operator: httpx.Client, plan: NodePlan, roles: tuple[str, ...]) -> None:
    """Have a node do these things."""
    body = {
        "name": plan.name,
        "hostname": plan.hostname,
        "service_address": plan.address,
        "roles": list(roles),
        "ips": [{"address": ip.address, "stream": ip.pool, "hostname": ip.hostname} for ip in plan.ips],
    }
    operator.post("/v1/nodes", json=body).raise_for_status()


def accepts(lab: Lab, plan: NodePlan, recipient: str) -> bool:
    """Say whether a node would take mail for somebody."""
    try:
        with Smtp(lab, plan) as client:
            client.ehlo()
            client.mail("probe@else.test")
            return client.rcpt(recipient)[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def keeps_some(operator: httpx.Client, name: str) -> bool:
    """Say whether mailboxes of a node are still on their way."""
    moves = operator.get("/v1/moves", params={"limit": 100}).raise_for_status().json()["data"]
    under_way = ("waiting", "copying", "final")
    return any(move["source"]["name"] == name and move["status"] in under_way for move in moves)


class Writers:
    """Somebody who sends five mails a second, by all nodes in turn, and tries again what is put off."""

    def __init__(self, lab: Lab, nodes: list[NodePlan], recipient: str) -> None:
        self._lab, self._nodes, self._recipient = lab, nodes, recipient
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, name="writers")
        self.sent: list[str] = []
        self.refused: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        number = 0
        while not self._stop.wait(A_FIFTH):
            subject = f"{'filed' if number % 3 == 0 else 'plain'} {number}"
            if self._send(self._nodes[number % len(self._nodes)], subject):
                self.sent.append(subject)
                number += 1

    def _send(self, node: NodePlan, subject: str) -> bool:
        text = f"From: bob@else.test\r\nTo: {self._recipient}\r\nSubject: {subject}\r\n\r\nAhoy\r\n"
        try:
            with Smtp(self._lab, node) as client:
                client.sendmail("bob@else.test", [self._recipient], text)
        except (OSError, smtplib.SMTPException) as error:
            self.refused.append(str(error))
            return False
        return True


class Reader:
    """Somebody who logs in again and again, at all nodes in turn, and notes what the answers were."""

    def __init__(self, lab: Lab, nodes: list[NodePlan], address: str) -> None:
        self._lab, self._nodes, self._address = lab, nodes, address
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader")
        self.answers: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        for turn in range(100_000):
            if self._stop.wait(A_FIFTH):
                return
            self.answers[self._log_in(self._nodes[turn % len(self._nodes)])] += 1

    def _log_in(self, node: NodePlan) -> str:
        try:
            session = Imap(self._lab, node)
            try:
                session.login(self._address, PASSWORD)
                session.select("INBOX", readonly=True)
            finally:
                session.shutdown()
        except (OSError, imaplib.IMAP4.error) as error:
            return str(error)
        return "OK"


def furnish(lab: Lab, address: str) -> None:
    """Give the mailbox folders, mails with flags, and a script, at the node that keeps it."""
    node = lab.node("n1")
    session = Imap(lab, node.plan)
    session.login(address, PASSWORD)
    session.create("Work")
    session.subscribe("Work")
    for number in range(200):
        text = f"Subject: old {number}\r\n\r\n{'x' * 500}\r\n".encode()
        session.append("Work", "(\\Seen \\Flagged $Label1)" if number % 2 else "", "", text)
    session.select("Work")
    session.store("10:20", "+FLAGS", "\\Deleted")
    session.expunge()
    session.create("Archive")
    for _ in range(ARCHIVED // 100):
        session.copy("1:100", "Archive")
    session.logout()
    node.run(["sh", "-c", f"printf '%s' '{SCRIPT}' | doveadm sieve put -u '{address}' -a main"])


def ended(operator: httpx.Client, batch: str) -> dict[str, Any] | None:
    """Give the move of a batch of one once it is over."""
    moves = operator.get("/v1/moves", params={"batch_id": batch}).raise_for_status().json()["data"]
    return next((move for move in moves if move["status"] in ("done", "switched", "failed", "aborted")), None)


def subjects(lab: Lab, node: NodePlan, address: str) -> dict[str, dict[str, tuple[int, frozenset[str]]]]:
    """Read all folders at a node, by folder and its UIDVALIDITY."""
    session = Imap(lab, node)
    session.login(address, PASSWORD)
    found: dict[str, dict[str, tuple[int, frozenset[str]]]] = {}
    for folder in ("INBOX", "Work"):
        validity, mails = seen_by(session, folder)
        found[f"{folder} {validity}"] = mails
    session.logout()
    return found


def archived(lab: Lab, node: NodePlan, address: str) -> int:
    """Count what is in the archive."""
    session = Imap(lab, node)
    session.login(address, PASSWORD)
    _, [count] = session.select("Archive", readonly=True)
    session.logout()
    return int(count or b"0")


def has_ended(session: imaplib.IMAP4) -> bool:
    """Say whether the server has closed a session."""
    try:
        session.noop()
        session.noop()
    except (OSError, imaplib.IMAP4.abort):
        return True
    finally:
        session.shutdown()
    return False


def kill_in_a_pass(lab: Lab, address: str) -> None:
    """Kill the agent of the node that keeps the mailbox, when a part of it is at the other one."""
    source, target = lab.node("n1"), lab.node("n2")
    wait_until(lambda: mails_stored(target, address) > 0, "the first mails are at the second node", seconds=SECONDS)
    source.kill("agent")
    assert mails_stored(target, address) < ARCHIVED
    assert not passes_ended(source, address)


def mails_stored(node: Node, address: str) -> int:
    """Count a mailbox's mails on a node's disk."""
    name, _, domain = address.partition("@")
    homes = (node.directory / "vmail").glob(f"*/{domain}/{name}")
    return sum(path.parent.name in MAIL_IN for home in homes for path in home.rglob("*"))


def passes_ended(node: Node, address: str) -> int:
    """Count the passes that the lives of a node's agent have made of a mailbox, without those that failed."""
    lines = [line for line in node.log_lines("agent") if "move.pass_ended" in line and address in line]
    return sum("problem=None" in line for line in lines)


@pytest.mark.timeout(4 * SECONDS)
def test_a_mailbox_moves_while_it_is_in_use(lab: Lab, operator: httpx.Client, address: str, second: NodePlan) -> None:
    first = lab.node("n1").plan
    both = [first, second]
    furnish(lab, address)
    before = subjects(lab, first, address)
    held_open = Imap(lab, first)
    held_open.login(address, PASSWORD)
    held_open.select("INBOX")

    with Writers(lab, both, address) as writers, Reader(lab, both, address) as reader:
        wait_until(lambda: len(writers.sent) > 10, "mail comes in at both nodes", seconds=SECONDS)
        asked = operator.post("/v1/moves", json={"mailbox": address, "to": second.name})
        assert asked.status_code == 202, asked.text
        kill_in_a_pass(lab, address)
        move = wait_until(lambda: ended(operator, asked.json()["id"]), "the mailbox has moved", seconds=SECONDS)
        assert move["status"] in ("done", "switched"), move
        wait_until(lambda: reader.answers["OK"] > 0, "somebody can log in", seconds=SECONDS)
        time.sleep(2)  # mail goes on coming in at both nodes after the switch

    def arrived() -> bool:
        mails = [subject for folder in subjects(lab, second, address).values() for subject in folder]
        return set(writers.sent) <= set(mails)

    wait_until(arrived, "all mail that was taken is there", seconds=SECONDS)
    after = subjects(lab, second, address)
    assert after == subjects(lab, first, address), "whichever node one logs in at"
    assert after.keys() == before.keys(), "the folders have their UIDVALIDITY"
    for folder, mails in before.items():
        assert mails.items() <= after[folder].items(), "UIDs and flags are as they were"
    copies = Counter(subject for folder in after.values() for subject in folder if not subject.startswith("old"))
    assert copies == Counter(writers.sent), "nothing is lost and nothing doubled"
    assert not any("AUTHENTICATIONFAILED" in answer for answer in reader.answers), reader.answers
    assert "main ACTIVE" in lab.node("n2").run(["doveadm", "sieve", "list", "-u", address])
    assert archived(lab, second, address) == ARCHIVED
    assert has_ended(held_open), "who was logged in at the former node has to log in again"


@pytest.mark.timeout(4 * SECONDS)
def test_a_whole_node_is_emptied(
    lab: Lab, api: httpx.Client, operator: httpx.Client, up: Up, second: NodePlan, unique: str
) -> None:
    people = [f"{name}-{unique}@{up.domain}" for name in ("nora", "otto", "paul")]
    for person in people:
        make_mailbox(api, person)
        asked = operator.post("/v1/moves", json={"mailbox": person, "to": second.name})
        assert asked.status_code in (202, 409), asked.text  # new ones may be there already
    wait_until(lambda: all(is_home(lab, person) for person in people), "they are at the second node", seconds=SECONDS)
    lab.control.fleetpost("node", "evacuate", second.name)
    wait_until(
        lambda: not any(is_home(lab, person) for person in people), "they are at the first node", seconds=SECONDS
    )
    for person in people:
        wait_until(lambda person=person: logs_in(lab, second, person), f"{person} logs in", seconds=SECONDS)  # type: ignore[misc]


def logs_in(lab: Lab, node: NodePlan, address: str) -> bool:
    """Say whether somebody can log in at a node; just before the switch it is closed."""
    session = Imap(lab, node)
    try:
        return session.login(address, PASSWORD)[0] == "OK"
    except imaplib.IMAP4.error:
        return False
    finally:
        session.shutdown()


def is_home(lab: Lab, address: str) -> bool:
    """Say whether the second node itself serves a mailbox, and passes nobody on."""
    answer = lab.node("n2").run(["sh", "-c", f"doveadm auth lookup '{address}' || true"])
    return "proxy" not in answer
