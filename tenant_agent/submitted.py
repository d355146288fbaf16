"""What people submitted and Postfix still has: kept until it has left, so that it can be given another way."""

import sqlite3
from collections.abc import Iterable

import msgspec

from tenant_agent.assignment import Assignment

SCHEMA = """
create table if not exists submitted (
  queue_id text primary key,
  sender text not null,
  tenant_id text not null,
  domain text not null,
  assignment blob not null,
  at_ms integer not null
) without rowid;
"""

_assignments = msgspec.msgpack.Decoder(Assignment)


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """A mail with the way that it has; of several recipients, all have the first one's."""

    queue_id: str
    sender: str
    tenant_id: str
    domain: str
    """The first recipient's."""
    assignment: Assignment


def note(db: sqlite3.Connection, mail: Submitted, now_ms: int) -> None:
    """Write down that Postfix has a mail."""
    way = msgspec.msgpack.encode(mail.assignment)
    row = (mail.queue_id, mail.sender, mail.tenant_id, mail.domain, way, now_ms)
    db.execute("insert or replace into submitted values (?, ?, ?, ?, ?, ?)", row)


def gone(db: sqlite3.Connection, queue_id: str) -> None:
    """It has left the queue."""
    db.execute("delete from submitted where queue_id = ?", (queue_id,))


def requeued(db: sqlite3.Connection, queue_id: str, new_queue_id: str) -> None:
    """Postfix has taken it in anew."""
    db.execute("update or replace submitted set queue_id = ? where queue_id = ?", (new_queue_id, queue_id))


def waiting(db: sqlite3.Connection, after: str, most: int) -> list[Submitted]:
    """List what is in the queue, in pieces."""
    rows = db.execute(
        "select queue_id, sender, tenant_id, domain, assignment from submitted"
        " where queue_id > ? order by queue_id limit ?",
        (after, most),
    ).fetchall()
    return [_mail(*row) for row in rows]


def ways(db: sqlite3.Connection) -> list[Assignment]:
    """List the ways that mail in the queue has."""
    return [_assignments.decode(row[0]) for row in db.execute("select distinct assignment from submitted")]


def set_ways(db: sqlite3.Connection, ways: Iterable[tuple[str, Assignment]]) -> None:
    """Write down the way that each queue id is to take."""
    db.executemany(
        "update submitted set assignment = ? where queue_id = ?",
        [(msgspec.msgpack.encode(way), queue_id) for queue_id, way in ways],
    )


def is_waiting(db: sqlite3.Connection, sender: str) -> bool:
    """Say whether Postfix has mail of a sender."""
    return db.execute("select 1 from submitted where sender = ? limit 1", (sender,)).fetchone() is not None


def prune(db: sqlite3.Connection, *, before_ms: int) -> None:
    """Forget what is older than Postfix keeps any mail."""
    db.execute("delete from submitted where at_ms < ?", (before_ms,))


def _mail(queue_id: str, sender: str, tenant_id: str, domain: str, way: bytes) -> Submitted:
    assignment = _assignments.decode(way)
    return Submitted(queue_id=queue_id, sender=sender, tenant_id=tenant_id, domain=domain, assignment=assignment)
