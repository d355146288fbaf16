"""Which files messages want, in the ledger: a message lacks one until all of its files are here."""

import sqlite3
from collections.abc import Iterable

import msgspec

from tenant_agent import wire

SCHEMA = """
create table if not exists files (
  message integer not null,
  file_id text not null,
  sha256 blob not null,
  size integer not null,
  is_here integer not null default 0,
  primary key (message, file_id)
) without rowid;
create index if not exists files_by_hash on files (sha256);
"""


class Wanted(msgspec.Struct, frozen=True):
    """A file, and a message that wants it."""

    message: int
    envelope: wire.Envelope
    file: wire.FileRef


_envelopes = msgspec.msgpack.Decoder(wire.Envelope)


def record(db: sqlite3.Connection, message: int, files: Iterable[wire.FileRef]) -> None:
    """Note which files a message wants."""
    db.executemany(
        "insert or ignore into files (message, file_id, sha256, size) values (?, ?, ?, ?)",
        [(message, file.id, file.sha256, file.size) for file in files],
    )
    db.execute("update messages set lacks_files = 1 where id = ?", (message,))


def wanted(db: sqlite3.Connection, most: int) -> list[Wanted]:
    """Give files that are not here, of messages that are the node's own, the oldest first."""
    rows = db.execute(
        "select f.message, m.envelope, f.file_id, f.size, f.sha256 from files f join messages m on m.id = f.message"
        " join leases l on l.id = m.lease"
        " where not f.is_here and m.lacks_files and m.content is not null and l.taken"
        " and exists (select 1 from deliveries d"
        " where d.transactional in (0, 1) and d.lease = m.lease and d.message = m.id and d.state = 0)"
        " order by f.message limit ?",
        (most,),
    )
    return [Wanted(message, _envelopes.decode(envelope), wire.FileRef(*file)) for message, envelope, *file in rows]


def needed(db: sqlite3.Connection) -> set[bytes]:
    """Give the hashes of all files of messages that Postfix does not have yet."""
    rows = db.execute("select f.sha256 from files f join messages m on m.id = f.message where m.content is not null")
    return {row[0] for row in rows}


def arrived(db: sqlite3.Connection, file: wire.FileRef) -> None:
    """A file is here: messages that lack no other may go."""
    db.execute("update files set is_here = 1 where sha256 = ?", (file.sha256,))
    db.execute(
        "update messages set lacks_files = 0 where lacks_files and id in (select message from files where sha256 = ?)"
        " and not exists (select 1 from files f where f.message = messages.id and not f.is_here)",
        (file.sha256,),
    )


def lost(db: sqlite3.Connection, file: wire.FileRef) -> None:
    """A file is not here any more."""
    db.execute("update files set is_here = 0 where sha256 = ?", (file.sha256,))
    db.execute(
        "update messages set lacks_files = 1 where content is not null"
        " and id in (select message from files where sha256 = ?)",
        (file.sha256,),
    )


def give_back(db: sqlite3.Connection, message: int, until_ms: int, why: str) -> None:
    """Let others send a message whose files cannot be had here (see `returns`)."""
    db.execute(
        "update deliveries set state = 4, try_at_ms = ?, reason = ? where state = 0 and message = ?"
        " and lease = (select lease from messages where id = ?)",
        (until_ms, why, message, message),
    )


def prune(db: sqlite3.Connection) -> None:
    """Forget what files were wanted of messages that Postfix has."""
    db.execute("delete from files where message not in (select id from messages where content is not null)")
