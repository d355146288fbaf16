"""What is known of submitted mail while Postfix has it."""

import sqlite3
from collections.abc import Iterator

import pytest

from tenant_agent import submitted
from tenant_agent.submitted import Submitted
from tests.tenant_agent.mail_fixtures import way


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(submitted.SCHEMA)
    yield connection
    connection.close()


def mail(queue_id: str, sender: str = "ann@acme.test") -> Submitted:
    return Submitted(queue_id=queue_id, sender=sender, tenant_id="ten_1", domain="else.test", assignment=way())


def queue_ids(db: sqlite3.Connection) -> list[str]:
    return [each.queue_id for each in submitted.waiting(db, "", 10)]


def test_it_is_known_until_it_has_left_whatever_its_queue_id_is_by_then(db: sqlite3.Connection) -> None:
    submitted.note(db, mail("a"), 0)
    assert submitted.waiting(db, "", 10) == [mail("a")]
    submitted.requeued(db, "a", "b")
    assert queue_ids(db) == ["b"]
    assert submitted.is_waiting(db, "ann@acme.test")
    submitted.gone(db, "b")
    assert not submitted.is_waiting(db, "ann@acme.test")


def test_it_is_listed_in_pieces_with_the_way_that_it_has(db: sqlite3.Connection) -> None:
    for queue_id in "abc":
        submitted.note(db, mail(queue_id), 0)
    submitted.set_ways(db, [("c", way(number=1))])
    assert [each.queue_id for each in submitted.waiting(db, "a", 1)] == ["b"]
    assert submitted.waiting(db, "b", 9)[0].assignment == way(number=1)
    assert len(submitted.ways(db)) == 2


def test_what_is_older_than_any_mail_in_the_queue_is_forgotten(db: sqlite3.Connection) -> None:
    submitted.note(db, mail("a"), 10)
    submitted.note(db, mail("b"), 20)
    submitted.prune(db, before_ms=20)
    assert queue_ids(db) == ["b"]
