"""Deliveries that are given back: never injected meanwhile, and forgotten only when somebody else has them."""

import sqlite3
from collections.abc import Iterator

import msgspec
import pytest

from tenant_agent import ledger, returns, wire
from tenant_agent.assignment import NEVER
from tenant_agent.ledger import PutOff, State
from tests.tenant_agent.mail_fixtures import claim, offer


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(ledger.SCHEMA)
    yield connection
    connection.close()


def given_back(db: sqlite3.Connection, batch: wire.Offer, *, until_ms: int = NEVER) -> tuple[wire.Returned, ...]:
    """Take a batch and give all of it back."""
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)
    due = ledger.due(db, now_ms=0, most=100, most_bytes=10**9)
    returns.give_back(db, [PutOff(delivery, until_ms, "no room", 1) for delivery in due])
    return returns.untold(db, 0)[1]


def test_what_is_given_back_is_told_with_its_lease_and_why(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    delivery_id = batch.deliveries[0].delivery_id
    assert given_back(db, batch, until_ms=90_000) == (
        wire.Returned(delivery_id, batch.lease_id, "no room", not_before_ms=90_000),
    )


def test_what_this_node_can_never_send_has_no_time(db: sqlite3.Connection) -> None:
    (returned,) = given_back(db, offer(["bob@else.test"]))
    assert returned.not_before_ms == 0


def test_it_is_not_injected_meanwhile_whatever_changes(db: sqlite3.Connection) -> None:
    given_back(db, offer(["bob@else.test"]))
    ledger.hurry(db)
    assert claim(db, now_ms=NEVER).deliveries == ()
    assert sum(ledger.not_queued(db, 0)) == 0
    assert returns.count(db) == 1


def test_it_is_told_until_it_is_accepted_and_then_forgotten_with_its_message(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test", "eve@else.test"])
    returned = given_back(db, batch)
    assert returns.untold(db, 0)[1] == returned
    assert returns.accepted(db, returned) == 2
    assert returns.untold(db, 0)[1] == ()
    assert db.execute("select count(*) from leases").fetchone() == (0,)
    assert returns.accepted(db, returned) == 0, "a repeat changes nothing"


def test_long_lists_are_told_in_pieces(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "MOST_AT_ONCE", 2)
    given_back(db, offer([f"u{number}@else.test" for number in range(3)]))
    after, first = returns.untold(db, 0)
    _, second = returns.untold(db, after)
    assert (len(first), len(second)) == (2, 1)
    assert returns.untold(db, returns.untold(db, after)[0])[1] == ()


def test_what_is_offered_anew_was_accepted_and_a_late_answer_does_not_take_it_away(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    returned = given_back(db, batch)
    ledger.record_offer(db, msgspec.structs.replace(batch, lease_id="another"), 0)
    ledger.take(db, "another")
    assert returns.accepted(db, returned) == 0
    (delivery,) = claim(db).deliveries
    assert delivery.state == State.INJECTING


def test_what_was_given_back_again_is_not_forgotten_for_the_first_answer(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    first = given_back(db, batch)
    given_back(db, msgspec.structs.replace(batch, lease_id="another"))
    assert returns.accepted(db, first) == 0
    assert returns.count(db) == 1


def test_it_is_never_pruned(db: sqlite3.Connection) -> None:
    given_back(db, offer(["bob@else.test"]))
    assert ledger.prune(db, offered_before_ms=10**15) == 0
