"""What is known of probes, on disk: it is written down before a mail is handed over, and what the log says with it.

A probe is told from all other mail by its return path and then by its queue id; it is in no ledger, and makes no event.
"""

import sqlite3
from collections.abc import Iterable

import msgspec

from tenant_agent import wire
from tenant_agent.maillog.records import Activated, Attempted, Expired, Record, Removed, Requeued

SCHEMA = """
create table if not exists probes (
  seq integer primary key,
  release text not null,
  number integer not null,
  recipient text not null,
  token text not null unique,              -- the return path's left side
  began_ms integer not null,
  handed_ms integer,                       -- when it was, or may have been, given to Postfix
  queue_id text,
  delivered integer,                       -- null: it is under way
  reply text,
  is_gone integer not null default 0       -- from Postfix's queue
);
"""

_EXPIRED = "the queue's time limit was reached"
_TAKEN_OUT = "it was removed from the node's queue by hand"
_ANSWER_LOST = "it was completed, and the other server's answer is lost"


class Kept(msgspec.Struct, frozen=True):
    """A probe."""

    release: str
    number: int
    recipient: str
    token: str
    began_ms: int
    handed_ms: int | None
    queue_id: str | None
    delivered: bool | None
    reply: str | None

    @property
    def outcome(self) -> wire.Probed | None:
        """How it fared; none while it is under way."""
        if self.delivered is None:
            return None
        return wire.Probed(
            release=self.release, number=self.number, delivered=self.delivered, reply=self.reply or "(no answer)"
        )


def newest(db: sqlite3.Connection) -> Kept | None:
    """Give the one that was asked for last."""
    row = db.execute(
        "select release, number, recipient, token, began_ms, handed_ms, queue_id, delivered, reply from probes"
        " order by seq desc limit 1"
    ).fetchone()
    if row is None:
        return None
    facts = dict(zip(Kept.__struct_fields__, row, strict=True))
    return msgspec.convert(facts, Kept, strict=False)


def begin(db: sqlite3.Connection, release: str, probe: wire.Probe, token: str, now_ms: int) -> None:
    """Write down a new probe; of former ones only those are kept that Postfix still has."""
    db.execute("delete from probes where queue_id is null or is_gone")
    db.execute(
        "insert into probes (release, number, recipient, token, began_ms) values (?, ?, ?, ?, ?)",
        (release, probe.number, probe.recipient, token, now_ms),
    )


def handing_over(db: sqlite3.Connection, token: str, now_ms: int) -> None:
    """Postfix may have it from now on."""
    db.execute("update probes set handed_ms = ? where token = ?", (now_ms, token))


def not_taken(db: sqlite3.Connection, token: str) -> None:
    """Postfix has it not."""
    db.execute("update probes set handed_ms = null where token = ? and queue_id is null", (token,))


def queued(db: sqlite3.Connection, token: str, queue_id: str) -> None:
    """Postfix has it."""
    db.execute("update probes set queue_id = ? where token = ? and queue_id is null", (queue_id, token))


def end(db: sqlite3.Connection, token: str, reply: str, *, delivered: bool = False) -> None:
    """Note how it fared; what came first counts."""
    db.execute(
        "update probes set delivered = ?, reply = ? where token = ? and delivered is null", (delivered, reply, token)
    )


def left_in_queue(db: sqlite3.Connection) -> list[str]:
    """List the queue ids of those whose end is known, and that Postfix has all the same."""
    query = "select queue_id from probes where queue_id is not null and delivered is not null and not is_gone"
    return [row[0] for row in db.execute(query)]


def book(db: sqlite3.Connection, records: Iterable[Record]) -> bool:
    """Take from the log what concerns probes; tells whether there was anything."""
    open_ones = {row[0]: row[1] for row in db.execute("select token, queue_id from probes where not is_gone")}
    if not open_ones:
        return False
    tokens = {queue_id: token for token, queue_id in open_ones.items() if queue_id is not None}
    is_news = False
    for record in records:
        if isinstance(record, Activated):
            token = record.sender.partition("@")[0]
            if token in open_ones and record.queue_id not in tokens:
                tokens[record.queue_id] = token
                queued(db, token, record.queue_id)
                is_news = True
        elif isinstance(record, Requeued) and record.former_queue_id in tokens:
            tokens[record.queue_id] = tokens.pop(record.former_queue_id)
            db.execute("update probes set queue_id = ? where token = ?", (record.queue_id, tokens[record.queue_id]))
        elif isinstance(record, Attempted | Expired | Removed) and record.queue_id in tokens:
            _ended(db, tokens[record.queue_id], record)
            is_news = True
    return is_news


def _ended(db: sqlite3.Connection, token: str, record: Attempted | Expired | Removed) -> None:
    match record:
        case Attempted():
            end(db, token, f"{record.dsn} {record.reply}", delivered=record.status == "sent")
        case Expired():
            end(db, token, _EXPIRED)
        case Removed():
            end(db, token, _TAKEN_OUT if record.by_hand else _ANSWER_LOST, delivered=not record.by_hand)
            db.execute("update probes set is_gone = 1 where token = ?", (token,))
