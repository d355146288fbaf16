"""What a real log makes of the ledger and the spool."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tenant_agent import ledger, spool, submitted, wire
from tenant_agent.maillog.account import book
from tenant_agent.maillog.parser import Parser
from tests.tenant_agent.mail_fixtures import claim, offer

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(ledger.SCHEMA + spool.SCHEMA + submitted.SCHEMA)
    yield connection
    connection.close()


def inject(db: sqlite3.Connection, *numbers: int) -> None:
    """Bring deliveries with the golden logs' tokens to where Postfix is about to be given them."""
    batch = offer(["bob@else.test"] * len(numbers))
    deliveries = [
        wire.OfferedDelivery(f"dlv_06ftokentokentokentoken{number:03}", place, "bob@else.test")
        for place, number in enumerate(numbers)
    ]
    ledger.record_offer(db, msgspec.structs.replace(batch, deliveries=tuple(deliveries)), 0)
    ledger.take(db, batch.lease_id)
    claim(db)


def read(db: sqlite3.Connection, name: str) -> int:
    return book(db, "n1", Parser().records((GOLDEN / name).read_text())).events


def timeline(db: sqlite3.Connection, number: int) -> list[wire.Event]:
    report = spool.next_report(db, 0)
    token = f"dlv_06ftokentokentokentoken{number:03}"
    return [event for event in report.events if event.delivery_id == token] if report else []


@pytest.mark.parametrize(
    ("number", "types"),
    [
        (1, ["message.queued", "message.delivered"]),
        (3, ["message.queued", "message.bounced"]),
        (5, ["message.queued", *["message.deferred"] * 4]),
        (7, ["message.queued", *["message.deferred"] * 4]),
        (9, ["message.queued", "message.bounced"]),
    ],
)
def test_a_delivery_has_its_timeline(db: sqlite3.Connection, number: int, types: list[str]) -> None:
    inject(db, *range(1, 11))
    read(db, "outcomes.log")
    events = timeline(db, number)
    assert [event.type for event in events] == types
    assert [event.attempt for event in events] == list(range(len(events)))
    assert [event.at_ms for event in events] == sorted({event.at_ms for event in events})


def test_an_expired_delivery_has_failed(db: sqlite3.Connection) -> None:
    inject(db, 1)
    read(db, "expired.log")
    events = timeline(db, 1)
    assert [event.type for event in events] == ["message.queued", *["message.deferred"] * 3, "message.failed"]
    assert (events[-1].dsn, events[-1].attempt) == ("4.4.7", 3)


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("qmgr", "message.delivered"),  # all of Postfix was killed between the attempt and its line in the log
        ("postsuper", "message.failed"),  # somebody took it out
    ],
)
def test_what_left_the_queue_without_an_attempt_in_the_log_was_completed_unless_taken_out(
    db: sqlite3.Connection, who: str, kind: str
) -> None:
    inject(db, 1)
    sender = "<06ftokentokentokentoken001@bounce.acme.test>"
    lines = [
        f"Nov 21 22:02:21 n1 postfix/qmgr[7]: 4jX5lx4zN7zCXkw: from={sender}, size=400, nrcpt=1 (queue active)",
        f"Nov 21 22:02:22 n1 postfix/{who}[8]: 4jX5lx4zN7zCXkw: removed",
    ]
    book(db, "n1", Parser().records("\n".join(lines) + "\n"))
    queued, last = timeline(db, 1)
    assert (queued.type, last.type) == ("message.queued", kind)
    assert last.reply


def test_mail_that_is_not_the_platforms_makes_no_event(db: sqlite3.Connection) -> None:
    assert read(db, "outcomes.log") == 0


def test_a_finished_delivery_stays_finished_however_often_its_log_is_read(db: sqlite3.Connection) -> None:
    inject(db, 1, 3)
    assert read(db, "outcomes.log") == 4
    assert read(db, "outcomes.log") == 0


def test_a_copy_that_comes_back_by_mx_is_not_taken_for_the_delivery(db: sqlite3.Connection) -> None:
    inject(db, 1)
    head = "Nov 21 22:02:21 n1 postfix/qmgr[129]: "
    sender = "from=<06ftokentokentokentoken001@bounce.acme.test>, size=1, nrcpt=1 (queue active)\n"
    back = f"{head}4jX5lx50XjzCXS7: {sender}"
    book(db, "n1", Parser().records(f"{head}4jX5lx4zN7zCXkw: {sender}{back}"))
    assert ledger.by_queue_id(db, "4jX5lx50XjzCXS7") is None
    assert [event.queue_id for event in timeline(db, 1)] == ["4jX5lx4zN7zCXkw"]
