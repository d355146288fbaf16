"""Hours without the control plane, under load: nobody is refused, nobody gets in who should not."""

import imaplib
import smtplib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest

from e2e.conftest import Up, events_of, wait_for_event
from e2e.lab.clock import Clocks, clocks
from e2e.lab.commands import wait_until
from e2e.lab.failures import LabError
from e2e.lab.lab import Lab
from e2e.lab.node import Node
from e2e.lab.outside.sender import Letter
from e2e.lab.plan import BULK_DOMAIN
from e2e.lab.sink import Sink, sink
from e2e.lab.tenant import wait_for_nodes
from e2e.test_faults import send_to_many
from e2e.test_mailbox_journey import imap, port, trust
from tenant_agent import wire

HOURS = (0, 1, 6, 23)
"""After so many, since the control plane went away, the load comes again; a day's limit begins anew in between."""
EACH = 25
SESSIONS = 5
"""All come from one address, which may log in to submit thirty times a minute."""
MOST_A_DAY = 100_000
SECONDS = 90.0


@pytest.fixture
def limited(lab: Lab, up: Up) -> Iterator[None]:
    """The tenant may send so many messages a day: the nodes count what it submits against what they were granted."""
    headers = {"Authorization": f"Bearer {up.operator_key}"}
    path = f"/v1/clients/{up.tenant_id}"
    with httpx.Client(base_url=up.api, headers=headers, timeout=30) as operator:
        before = operator.get(path).raise_for_status().json()["limits"]
        operator.patch(path, json={"limits": {**before, "messages_day": MOST_A_DAY}}).raise_for_status()
        what = "the node that people submit to is granted some of the day's mail"
        wait_until(lambda: _has_grant(lab.node("n1"), up.tenant_id), what, seconds=SECONDS)
        yield
        operator.patch(path, json={"limits": before}).raise_for_status()
        what = "it may send as before"
        wait_until(lambda: _grant(lab.node("n1"), up.tenant_id) == wire.UNLIMITED, what, seconds=SECONDS)


def _has_grant(node: Node, tenant_id: str) -> bool:
    """Say whether it is enough for what comes, today and tomorrow."""
    item = _told(node, tenant_id)
    if item is None or item.granted == wire.UNLIMITED:
        return False
    return min(item.granted, item.next_granted) >= len(HOURS) * EACH


def _grant(node: Node, tenant_id: str) -> int:
    item = _told(node, tenant_id)
    return 0 if item is None else item.granted


def _told(node: Node, tenant_id: str) -> wire.QuotaItem | None:
    """Read what the agent has been told."""
    with closing(sqlite3.connect(f"file:{node.directory}/lib-fleetpost/state.db?mode=ro", uri=True)) as state:
        row = state.execute("select payload from items where kind = 'quota' and key = ?", (tenant_id,)).fetchone()
    return None if row is None else wire.decode_as(row[0], wire.QuotaItem)


class Load:
    """What people and other servers do in an hour, and what went wrong with it."""

    def __init__(self, lab: Lab, up: Up, tag: str) -> None:
        self._lab, self._up, self._tag = lab, up, tag
        self.refused: list[str] = []
        self.wrong_logins: list[str] = []

    def submitted(self, hour: int) -> list[str]:
        """Name those that are written to in an hour."""
        return [f"s{number}.h{hour}.{self._tag}@{BULK_DOMAIN}" for number in range(EACH)]

    def of_an_hour(self, hour: int) -> None:
        """Do everything at the same time."""
        tasks: list[Callable[[], None]] = []
        people = self.submitted(hour)
        for number in range(EACH):
            subject = f"{self._tag} {hour} {number}"
            tasks += [lambda subject=subject: self._receive(subject), self._log_in]  # type: ignore[misc]
        for start in range(SESSIONS):
            tasks.append(lambda start=start: self._submit(people[start::SESSIONS]))  # type: ignore[misc]
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(task) for task in tasks]:
                done.result()
        self._log_in_wrongly()

    def _submit(self, recipients: list[str]) -> None:
        author = self._up.mailbox
        try:
            with smtplib.SMTP_SSL("127.0.0.1", port(self._up, "smtps"), context=trust(self._lab)) as client:
                client.login(author, self._up.mailbox_password)
                for recipient in recipients:
                    text = f"From: {author}\r\nTo: {recipient}\r\nSubject: Away\r\n\r\nStill here\r\n"
                    client.sendmail(author, [recipient], text)
        except smtplib.SMTPException as error:
            self.refused.append(f"submission: {error}")

    def _receive(self, subject: str) -> None:
        letter = Letter(sender="bob@else.test", to=self._up.mailbox, subject=subject, text="Still there?")
        handed = self._lab.outside.send(letter)
        if handed.code != 250:
            self.refused.append(f"mail in: {handed.reply}")

    def _log_in(self) -> None:
        try:
            with imap(self._lab, self._up, self._up.mailbox, self._up.mailbox_password) as client:
                client.select("INBOX", readonly=True)
        except (imaplib.IMAP4.error, OSError) as error:
            self.wrong_logins.append(f"refused: {error}")

    def _log_in_wrongly(self) -> None:
        """Ask Dovecot itself: it slows down addresses that guess."""
        try:
            self._lab.node("n1").run(["doveadm", "auth", "test", self._up.mailbox, "not the password"])
        except LabError:
            return
        self.wrong_logins.append("a wrong password was taken")


def mails_in(lab: Lab, up: Up, tag: str) -> Counter[str]:
    """Count what is in the mailbox, by subject."""
    with imap(lab, up, up.mailbox, up.mailbox_password) as client:
        client.select("INBOX", readonly=True)
        numbers = client.search(None, "SUBJECT", tag)[1][0].split()
        if not numbers:
            return Counter()
        _, parts = client.fetch(b",".join(numbers).decode(), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        return Counter(part[1].decode().strip() for part in parts if isinstance(part, tuple))


@pytest.mark.usefixtures("limited")
@pytest.mark.timeout(4 * SECONDS)
def test_hours_without_the_control_plane_refuse_nobody_and_let_nobody_in_wrongly(
    lab: Lab, up: Up, api: httpx.Client, unique: str
) -> None:
    load = Load(lab, up, unique)
    with sink(lab) as server, clocks(lab.nodes) as nodes_clocks:
        wait_for_nodes(lab)
        taken = [f"a{number}.{unique}@{BULK_DOMAIN}" for number in range(10 * EACH)]
        ids = send_to_many(api, up, taken)
        wait_until(lambda: server.count() > EACH, "mail flows", seconds=SECONDS)
        lab.stop_control()
        try:
            _let_hours_pass(load, nodes_clocks)
            everybody = Counter(person for hour in HOURS for person in load.submitted(hour))
            _check_that_all_left(server, everybody)
            subjects = Counter(f"Subject: {unique} {hour} {number}" for hour in HOURS for number in range(EACH))
            wait_until(lambda: mails_in(lab, up, unique) == subjects, "what came is in the mailbox", seconds=SECONDS)
        finally:
            nodes_clocks.put_forward(hours=0)
            lab.start_control()
        for message_id in ids:
            wait_for_event(api, message_id, "message.delivered", seconds=SECONDS)
        assert server.copies() == everybody + Counter(taken)
    for message_id in ids[::EACH]:
        types = Counter(event["type"] for event in events_of(api, message_id))
        assert types == {"message.accepted": 1, "message.queued": 1, "message.delivered": 1}


def _let_hours_pass(load: Load, nodes_clocks: Clocks) -> None:
    for hour in HOURS:
        nodes_clocks.put_forward(hours=hour)
        load.of_an_hour(hour)
        assert (load.refused, load.wrong_logins) == ([], []), f"after {hour} hours"


def _check_that_all_left(server: Sink, people: Counter[str]) -> None:
    wait_until(lambda: not people - server.copies(), "what was submitted has left", seconds=SECONDS)
