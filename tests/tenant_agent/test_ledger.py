"""The ledger: a delivery is somewhere, and only in one place, from the offer to its end."""

import itertools
import sqlite3
from collections.abc import Iterator

import msgspec
import pytest

from tenant_agent import ledger, wire
from tenant_agent.ledger import Claim, Delivery, State
from tests.tenant_agent.mail_fixtures import claim, offer

DAY_MS = 86_400_000


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(ledger.SCHEMA)
    yield connection
    connection.close()


def take(db: sqlite3.Connection, batch: wire.Offer) -> None:
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)


def state_of(db: sqlite3.Connection, batch: wire.Offer) -> State:
    delivery = ledger.by_token(db, ledger.token_of(batch.deliveries[0].delivery_id))
    assert delivery is not None
    return delivery.state


def only(claimed: Claim) -> Delivery:
    (delivery,) = claimed.deliveries
    return delivery


def test_an_offer_is_not_touched_before_it_is_taken(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    ledger.record_offer(db, batch, 0)
    assert ledger.unanswered(db) == [batch.lease_id]
    assert ledger.due(db, now_ms=0, most=9, most_bytes=9) == []
    assert claim(db).deliveries == ()


def test_a_taken_batch_is_claimed_once(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test", "eve@else.test"])
    take(db, batch)
    assert ledger.unanswered(db) == []
    claimed = claim(db)
    assert [d.recipient for d in claimed.deliveries] == ["bob@else.test", "eve@else.test"]
    assert [d.generation for d in claimed.deliveries] == [17, 17]
    contents = [msgspec.msgpack.decode(c, type=wire.Content) for c in claimed.contents.values()]
    assert [c.subject for c in contents] == ["Order 0", "Order 1"]
    assert claim(db).deliveries == ()


def test_a_batch_that_is_not_ours_is_forgotten(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    ledger.record_offer(db, batch, 0)
    ledger.forget(db, batch.lease_id)
    assert [db.execute(f"select count(*) from {t}").fetchone()[0] for t in ("leases", "deliveries")] == [0, 0]
    assert db.execute("select content from messages").fetchall() == [(None,)]


def test_what_was_taken_is_never_forgotten_unless_it_is_in_doubt(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    take(db, batch)
    ledger.forget(db, batch.lease_id)
    assert only(claim(db)).recipient == "bob@else.test"


def test_what_is_in_doubt_waits_until_it_is_answered(db: sqlite3.Connection) -> None:
    mine, others = offer(["bob@else.test"]), offer(["eve@else.test"])
    take(db, mine)
    take(db, others)
    ledger.doubt(db)
    assert claim(db).deliveries == ()
    assert ledger.unanswered(db) == [mine.lease_id, others.lease_id]
    ledger.take(db, mine.lease_id)
    ledger.forget(db, others.lease_id)
    assert only(claim(db)).recipient == "bob@else.test"
    assert ledger.unanswered(db) == []
    assert sum(ledger.not_queued(db, 0)) == 1


def test_what_postfix_has_of_a_batch_that_went_to_others_goes_on(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test", "eve@else.test", "joe@else.test"])
    take(db, batch)
    queued, in_hand = claim(db, most=2).deliveries
    ledger.queued(db, queued, "4jX5lx4zN7zCXkw", 1)
    ledger.doubt(db)
    ledger.forget(db, batch.lease_id)
    assert ledger.by_queue_id(db, "4jX5lx4zN7zCXkw") is not None
    assert [each.recipient for each in ledger.in_doubt(db)] == [in_hand.recipient]
    ledger.put_back(db, in_hand, try_at_ms=0, tries=1)
    assert claim(db).deliveries == (), "it is asked for again first"
    assert ledger.unanswered(db) == [batch.lease_id]
    ledger.forget(db, batch.lease_id)
    assert sum(ledger.not_queued(db, 0)) == 0
    assert ledger.unanswered(db) == []


def test_an_offer_that_is_repeated_changes_nothing(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    take(db, batch)
    ledger.queued(db, only(claim(db)), "4jX5lx4zN7zCXkw", 1)
    take(db, batch)
    assert state_of(db, batch) == State.QUEUED
    assert claim(db).deliveries == ()


def test_a_delivery_that_is_offered_again_belongs_to_the_new_lease(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    ledger.record_offer(db, batch, 0)
    again = msgspec.structs.replace(batch, lease_id="another")
    ledger.record_offer(db, again, 0)
    ledger.forget(db, batch.lease_id)
    ledger.take(db, "another")
    assert only(claim(db)).recipient == "bob@else.test"
    assert claim(db).deliveries == ()


def test_a_delivery_that_was_taken_is_not_taken_again_under_another_lease(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    take(db, batch)
    again = msgspec.structs.replace(batch, lease_id="another")
    take(db, again)
    assert len(claim(db).deliveries) == 1
    assert ledger.unanswered(db) == []


def test_what_is_put_off_is_due_later(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test"]))
    ledger.put_back(db, only(claim(db)), try_at_ms=1000, tries=1)
    assert ledger.due(db, now_ms=999, most=9, most_bytes=9) == []
    assert only(claim(db, now_ms=1000)).tries == 1


def test_what_waits_for_the_node_to_change_takes_no_room_and_goes_when_it_does(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test"]))
    ledger.put_back(db, only(claim(db)), try_at_ms=ledger.WHEN_THE_NODE_CHANGES, tries=1)
    assert sum(ledger.not_queued(db, 0)) == 0
    ledger.hurry(db)
    assert sum(ledger.not_queued(db, 0)) == 1
    assert only(claim(db)).recipient == "bob@else.test"


def test_postfix_having_it_is_news_once(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test"]))
    delivery = only(claim(db))
    assert ledger.queued(db, delivery, "4jX5lx4zN7zCXkw", 1)
    assert not ledger.queued(db, delivery, "4jX5lx4zN7zCXkw", 1)
    found = ledger.by_queue_id(db, "4jX5lx4zN7zCXkw")
    assert found is not None
    assert (found.token, found.state) == (delivery.token, State.QUEUED)


def test_contents_go_when_postfix_has_the_last_of_a_batch(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test", "eve@else.test"]))
    bob, eve = claim(db).deliveries

    def kept() -> int:
        count: int = db.execute("select count(*) from messages where content is not null").fetchone()[0]
        return count

    ledger.queued(db, bob, "4jX5lx4zN7zCXkw", 1)
    assert kept() == 2
    ledger.refused(db, eve)
    assert kept() == 0
    assert db.execute("select count(*) from leases").fetchone()[0] == 0


def test_a_claim_is_bounded_by_bytes_but_never_empty(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test", "eve@else.test", "kim@else.test"], text="x" * 10_000))
    assert len(claim(db, most_bytes=1).deliveries) == 1
    assert len(claim(db, most_bytes=25_000).deliveries) == 2


def test_transactional_mail_is_due_before_older_mail_of_other_streams(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test", "eve@else.test"], stream="broadcast"))
    take(db, offer(["kim@else.test"]))
    assert ledger.not_queued(db, 0) == (1, 2)

    def due(*kinds: bool) -> list[str]:
        return [each.recipient for each in ledger.due(db, now_ms=0, most=9, most_bytes=10**9, kinds=kinds)]

    assert due(True, False) == ["kim@else.test", "bob@else.test", "eve@else.test"]
    assert due(True) == ["kim@else.test"]
    assert due(False) == ["bob@else.test", "eve@else.test"]
    claim(db, most=2)
    assert ledger.not_queued(db, 0) == (1, 2), "what is being injected counts, too"


def test_what_is_being_injected_is_in_doubt_after_a_crash(db: sqlite3.Connection) -> None:
    take(db, offer(["bob@else.test", "eve@else.test"]))
    claimed = claim(db, most=1)
    assert [d.token for d in ledger.in_doubt(db)] == [d.token for d in claimed.deliveries]


def test_old_deliveries_are_pruned_with_their_messages_but_never_what_waits(db: sqlite3.Connection) -> None:
    old, waiting, young = offer(["a@else.test"]), offer(["b@else.test"]), offer(["c@else.test"])
    take(db, old)
    ledger.queued(db, only(claim(db)), "4jX5lx4zN7zCXkw", 1)
    take(db, waiting)
    ledger.record_offer(db, young, 8 * DAY_MS)
    assert ledger.prune(db, offered_before_ms=DAY_MS) == 1
    assert ledger.by_token(db, ledger.token_of(old.deliveries[0].delivery_id)) is None
    assert db.execute("select count(*) from messages").fetchone()[0] == 2
    assert only(claim(db)).recipient == "b@else.test"


def test_pruning_takes_time_by_the_number_of_deliveries_and_not_by_its_square(db: sqlite3.Connection) -> None:
    count = 2_000
    for number in range(count):
        db.execute("insert into messages (lease, envelope) values (1, '')")
        db.execute(
            "insert into deliveries (token, lease, message, recipient, state, offered_at_ms)"
            " values (?, 1, last_insert_rowid(), 'a@else.test', 2, ?)",
            (str(number), number),
        )
    steps = itertools.count()
    db.set_progress_handler(lambda: next(steps) and None, 1_000)
    assert ledger.prune(db, offered_before_ms=count // 2) == count // 2
    db.set_progress_handler(None, 0)
    assert db.execute("select count(*) from messages").fetchone() == (count // 2,)
    assert next(steps) < count  # thousands of steps: some hundred for each delivery at most


def test_the_same_offer_again_changes_nothing(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test"])
    ledger.record_offer(db, batch, 0)
    ledger.record_offer(db, batch, 1)
    ledger.take(db, batch.lease_id)
    assert len(claim(db).deliveries) == 1


def test_what_is_known_from_another_lease_is_not_kept_twice(db: sqlite3.Connection) -> None:
    batch = offer(["bob@else.test", "eve@else.test"])
    take(db, batch)
    take(db, msgspec.structs.replace(batch, lease_id="another"))
    assert db.execute("select count(*) from messages").fetchone() == (2,)
    assert db.execute("select lease_id from leases").fetchall() == [(batch.lease_id,)]
