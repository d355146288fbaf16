"""Deliveries that cannot leave from here for long: given back, and kept untouched until somebody else has them.

A RETURNED delivery is told of until the control plane has accepted it, on each new connection again, and never injected
meanwhile. Then it is forgotten; it may well be offered to this node anew.
"""

import sqlite3
from collections.abc import Iterable

from tenant_agent import ledger, wire
from tenant_agent.assignment import NEVER
from tenant_agent.ledger import PutOff, State

MOST_AT_ONCE = 500


def give_back(db: sqlite3.Connection, items: Iterable[PutOff]) -> None:
    """Mark what is WAITING as RETURNED."""
    db.executemany(
        "update deliveries set state = ?, try_at_ms = ?, reason = ? where seq = ? and state = 0",
        [(State.RETURNED, item.until_ms, item.why, item.delivery.seq) for item in items],
    )


def untold(db: sqlite3.Connection, after: int) -> tuple[int, tuple[wire.Returned, ...]]:
    """Give what is RETURNED, in pieces: the next ones after a number, and the number to go on from."""
    rows = db.execute(
        "select d.seq, d.token, l.lease_id, d.reason, d.try_at_ms from deliveries d join leases l on l.id = d.lease"
        " where d.state = 4 and d.seq > ? order by d.seq limit ?",
        (after, MOST_AT_ONCE),
    ).fetchall()
    returned = tuple(
        wire.Returned(ledger.delivery_id_of(token), lease_id, reason or "", 0 if at_ms >= NEVER else at_ms)
        for _, token, lease_id, reason, at_ms in rows
    )
    return (rows[-1][0] if rows else after), returned


def accepted(db: sqlite3.Connection, returned: Iterable[wire.Returned]) -> int:
    """Forget what is in other hands now, if it is not taken anew under another lease; gives how many that were."""
    forgotten = 0
    for each in returned:
        row = db.execute(
            "select d.seq, d.lease from deliveries d join leases l on l.id = d.lease"
            " where d.token = ? and d.state = 4 and l.lease_id = ?",
            (ledger.token_of(each.delivery_id), each.lease_id),
        ).fetchone()
        if row is not None:
            ledger.drop(db, *row)
            forgotten += 1
    return forgotten


def count(db: sqlite3.Connection) -> int:
    """Count what nobody has accepted yet."""
    waiting: int = db.execute("select count(*) from deliveries where state = 4").fetchone()[0]
    return waiting
