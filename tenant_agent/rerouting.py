"""Mail in Postfix's queue whose way is closed: what is to be given another one, and what became of that.

`postsuper -r` makes Postfix take a deferred message in anew, under a new queue id and without the transport that it
had. The new way is written down first, here and in the map that Postfix then asks. The line in which pickup(8) names
both queue ids makes the delivery take the new one. Without that line nothing has changed, and it is tried again.
"""

import sqlite3
from collections.abc import Iterable

import msgspec

from tenant_agent import budgets, ledger
from tenant_agent.assignment import Assignment
from tenant_agent.ledger import Delivery

SCHEMA = """
create table if not exists rerouting (
  queue_id text primary key,
  assignment blob not null,
  since_ms integer not null
) without rowid;
"""

_assignments = msgspec.msgpack.Decoder(Assignment)


class Queued(msgspec.Struct, frozen=True):
    """A delivery in Postfix's queue."""

    queue_id: str
    delivery: Delivery


def queued(db: sqlite3.Connection, after: int, most: int) -> list[Queued]:
    """List what is in the queue and not yet to be rerouted, in pieces, by the order in which it came."""
    rows = db.execute(
        "select d.queue_id, d.token from deliveries d left join rerouting r on r.queue_id = d.queue_id"
        " where d.state = 2 and d.seq > ? and r.queue_id is null order by d.seq limit ?",
        (after, most),
    ).fetchall()
    found = ((queue_id, ledger.by_token(db, token)) for queue_id, token in rows)
    return [Queued(queue_id, delivery) for queue_id, delivery in found if delivery is not None]


def transports(db: sqlite3.Connection) -> set[str]:
    """List the transports that mail in the queue is to leave by."""
    rows = db.execute("select distinct assignment from deliveries where state = 2 and assignment is not null")
    return {_assignments.decode(row[0]).transport for row in rows}


def intend(db: sqlite3.Connection, ways: Iterable[tuple[str, Assignment]], now_ms: int) -> None:
    """Write down the way that each queue id is to take, and count it."""
    chosen = list(ways)
    db.executemany(
        "insert or replace into rerouting values (?, ?, ?)",
        [(queue_id, msgspec.msgpack.encode(way), now_ms) for queue_id, way in chosen],
    )
    budgets.count(db, [way.budget for _, way in chosen if way.budget is not None], 1)


def done(db: sqlite3.Connection, queue_id: str, new_queue_id: str) -> None:
    """Postfix has taken the message in anew."""
    row = db.execute("delete from rerouting where queue_id = ? returning assignment", (queue_id,)).fetchone()
    db.execute(
        "update deliveries set queue_id = ?, assignment = coalesce(?, assignment) where queue_id = ? and state = 2",
        (new_queue_id, row[0] if row else None, queue_id),
    )


def intended_before(db: sqlite3.Connection, moment_ms: int) -> list[str]:
    """List the queue ids that were to be given another way before a moment, and have not been."""
    return [row[0] for row in db.execute("select queue_id from rerouting where since_ms < ?", (moment_ms,))]


def give_up(db: sqlite3.Connection, queue_ids: Iterable[str]) -> int:
    """Forget what did not come about, as when the message was being tried just then; gives how many that were."""
    given_up = 0
    for queue_id in queue_ids:
        row = db.execute("delete from rerouting where queue_id = ? returning assignment", (queue_id,)).fetchone()
        if row is not None:
            given_up += 1
            budget = _assignments.decode(row[0]).budget
            budgets.count(db, [] if budget is None else [budget], -1)
    return given_up


def relays_of(db: sqlite3.Connection, sender: str) -> set[str]:
    """Give the relays that a delivery in the queue may leave by: the one it has, and the one it is being given.

    A token alone proves nothing: whoever got a mail knows it, and may have an address of that name somewhere else.
    """
    delivery = ledger.by_token(db, ledger.token_in(sender))
    if delivery is None or delivery.return_path != sender:
        return set()
    intended = db.execute(
        "select r.assignment from deliveries d join rerouting r on r.queue_id = d.queue_id where d.seq = ?",
        (delivery.seq,),
    ).fetchall()
    ways = (delivery.assignment, *(_assignments.decode(row[0]) for row in intended))
    return {way.route.relay_id for way in ways if way is not None and way.route.relay_id is not None}


def relays(db: sqlite3.Connection) -> set[str]:
    """List the relays that mail in the queue is to leave by."""
    rows = db.execute("select distinct assignment from deliveries where state = 2 and assignment is not null")
    found = (_assignments.decode(row[0]).route.relay_id for row in rows)
    return {relay_id for relay_id in found if relay_id is not None}


def is_queued(db: sqlite3.Connection, token: str) -> bool:
    """Say whether Postfix has a delivery."""
    return db.execute("select 1 from deliveries where token = ? and state = 2", (token,)).fetchone() is not None


def condemn(db: sqlite3.Connection, queue_id: str, reason: str) -> None:
    """Note why a delivery is about to be taken out of the queue."""
    db.execute("update deliveries set reason = ? where queue_id = ? and state = 2", (reason, queue_id))


def reason_of(db: sqlite3.Connection, delivery: Delivery) -> str | None:
    """Give why it is taken out of the queue, if the agent does that."""
    row = db.execute("select reason from deliveries where seq = ?", (delivery.seq,)).fetchone()
    return None if row is None or row[0] is None else str(row[0])
