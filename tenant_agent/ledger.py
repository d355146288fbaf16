"""What the node has been given to send and how far each delivery has come: the memory behind exactly-once injection.

A delivery is WAITING (offered; to be injected once its lease is taken), INJECTING (about to be handed to Postfix, or
in doubt after a crash), QUEUED (Postfix has it), FINISHED, or RETURNED (to be given back, see `returns`). Every
function takes a connection inside a transaction of the journal's.
"""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from typing import Any

import msgspec

from tenant_agent import budgets, wire
from tenant_agent.assignment import NEVER, Assignment
from tenant_agent.credit import Held
from tenant_agent.fetched import wanted

SCHEMA = (
    """
create table if not exists leases (
  id integer primary key,
  lease_id text not null unique,
  taken integer not null default 0,
  waiting integer not null                 -- deliveries that Postfix does not have yet; at none, the contents go
);
create table if not exists messages (
  id integer primary key,
  lease integer not null,
  envelope blob not null,
  content blob,                            -- null when no delivery needs it any more
  lacks_files integer not null default 0   -- some file of it is yet to be fetched
);
create index if not exists messages_by_lease on messages (lease);
create table if not exists deliveries (
  seq integer primary key,
  token text not null unique,              -- the delivery's id without its prefix; its return path begins with it
  lease integer not null,
  message integer not null,
  recipient text not null,
  state integer not null default 0,
  offered_at_ms integer not null,
  transactional integer not null default 0, -- whether its stream is: then it goes before others
  try_at_ms integer not null default 0,
  tries integer not null default 0,        -- injections that Postfix put off
  queue_id text,
  generation integer not null default 0,   -- of the desired state that its route was decided by
  attempts integer not null default 0,
  last_event_ms integer not null default 0,
  assignment blob,                         -- the way that it was given, as msgpack of `Assignment`
  reason text,                             -- why it waits or is given back, for people
  return_token text                        -- the return path's left side, where it is more than the token
);
create index if not exists deliveries_in_line on deliveries (transactional, lease, try_at_ms, state) where state = 0;
create index if not exists deliveries_injecting on deliveries (seq) where state = 1;
create index if not exists deliveries_returned on deliveries (seq) where state = 4;
create index if not exists deliveries_queued on deliveries (queue_id) where state = 2;
"""
    + budgets.SCHEMA
    + wanted.SCHEMA
)

WHEN_THE_NODE_CHANGES = NEVER
"""The time of the next try of what the node has no sending address for."""

FAR_MS = 60_000
"""What waits for longer takes no room: others' mail is asked for meanwhile."""

_PREFIX = "dlv_"
_TOKEN_LENGTH = 26


class State(IntEnum):
    """How far a delivery has come."""

    WAITING = 0
    INJECTING = 1
    QUEUED = 2
    FINISHED = 3
    RETURNED = 4


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient of one message, as far as events and routes need it."""

    seq: int
    token: str
    lease: int
    message: int
    recipient: str
    state: State
    tries: int
    generation: int
    attempts: int
    last_event_ms: int
    envelope: wire.Envelope
    assignment: Assignment | None = None
    return_token: str = ""

    @property
    def return_local(self) -> str:
        """Give the left side of its return path."""
        return self.return_token or self.token

    @property
    def return_path(self) -> str:
        """Give the envelope sender that it has at Postfix and on its way."""
        return f"{self.return_local}@{self.envelope.return_domain}"


class Claim(msgspec.Struct, frozen=True):
    """Deliveries that are to be injected now, and what their messages say (msgpack of `wire.Content`) by row."""

    deliveries: tuple[Delivery, ...]
    contents: dict[int, bytes]


class PutOff(msgspec.Struct, frozen=True):
    """A delivery that has no way out before a time, and why."""

    delivery: Delivery
    until_ms: int
    why: str
    tries: int


_envelopes = msgspec.msgpack.Decoder(wire.Envelope)
_contents = msgspec.msgpack.Decoder(wire.Content)
_assignments = msgspec.msgpack.Decoder(Assignment)
_encoder = msgspec.msgpack.Encoder()

_COLUMNS = """
  select d.seq, d.token, d.lease, d.message, d.recipient, d.state, d.tries, d.generation, d.attempts, d.last_event_ms,
    m.envelope, d.assignment, coalesce(d.return_token, '')
"""
_FROM = " from deliveries d join messages m on m.id = d.message "
_DELIVERY = _COLUMNS + _FROM
_DUE = f"""{_COLUMNS}, length(m.content)
  from leases l cross join deliveries d on d.lease = l.id join messages m on m.id = d.message
  where l.taken and d.transactional = ? and d.state = 0 and d.try_at_ms <= ? and not m.lacks_files
  order by l.id, d.seq limit ?"""


def upgrade(db: sqlite3.Connection) -> None:
    """Give a ledger of an earlier version the columns that it lacks."""
    present = {row[1] for row in db.execute("pragma table_info(deliveries)")}
    if not present:
        return
    for column, kind in (("assignment", "blob"), ("reason", "text"), ("return_token", "text")):
        if column not in present:
            db.execute(f"alter table deliveries add column {column} {kind}")
    if "transactional" not in present:
        db.execute("alter table deliveries add column transactional integer not null default 0")
        db.execute("drop index if exists deliveries_waiting")  # another one, with this column, comes with the schema
    if "lacks_files" not in {row[1] for row in db.execute("pragma table_info(messages)")}:
        db.execute("alter table messages add column lacks_files integer not null default 0")


def token_of(delivery_id: str) -> str:
    """Give the token of `dlv_…`."""
    return delivery_id.removeprefix(_PREFIX)


def token_in(sender: str) -> str:
    """Give the token that a return path begins with; what is none of ours has one that nobody knows."""
    return sender.partition("@")[0][:_TOKEN_LENGTH]


def delivery_id_of(token: str) -> str:
    """Give `dlv_…` of a token."""
    return _PREFIX + token


def record_offer(db: sqlite3.Connection, offer: wire.Offer, now_ms: int) -> None:
    """Write a batch down. A delivery that is known stays as it is, unless it was only offered under another lease."""
    if db.execute("select 1 from leases where lease_id = ?", (offer.lease_id,)).fetchone():
        return
    known = _known(db, [token_of(delivery.delivery_id) for delivery in offer.deliveries])
    fresh = [delivery for delivery in offer.deliveries if token_of(delivery.delivery_id) not in known]
    lease = db.execute("insert into leases (lease_id, waiting) values (?, ?)", (offer.lease_id, len(fresh))).lastrowid
    rows = {
        number: db.execute(
            "insert into messages (lease, envelope, content) values (?, ?, ?)",
            (lease, bytes(offer.messages[number].envelope), bytes(offer.messages[number].content)),
        ).lastrowid
        for number in {delivery.message: None for delivery in fresh}
    }
    for number, row in rows.items():
        files = tuple(wire.files_of(_contents.decode(offer.messages[number].content)))
        if files and row is not None:
            wanted.record(db, row, files)
    urgent = {number for number in rows if _envelopes.decode(offer.messages[number].envelope).is_transactional}
    db.executemany(
        "insert into deliveries (token, lease, message, recipient, offered_at_ms, transactional, return_token)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                token_of(delivery.delivery_id),
                lease,
                rows[delivery.message],
                delivery.recipient,
                now_ms,
                delivery.message in urgent,
                delivery.return_token or None,
            )
            for delivery in fresh
        ],
    )


def _known(db: sqlite3.Connection, tokens: list[str]) -> set[str]:
    """Give the tokens that are in the ledger already, after forgetting what was only offered or was given back.

    What is offered anew after it was given back was accepted: the answer is on its way, or was lost.
    """
    marks = ",".join("?" * len(tokens))
    known = db.execute(
        f"select d.seq, d.token, d.lease, d.state, l.taken from deliveries d left join leases l on l.id = d.lease "  # noqa: S608
        f"where d.token in ({marks})",
        tokens,
    ).fetchall()
    stays = set()
    for seq, token, lease, state, taken in known:
        if state == State.RETURNED or (state == State.WAITING and not taken):
            drop(db, seq, lease)
        else:
            stays.add(token)
    return stays


def drop(db: sqlite3.Connection, seq: int, lease: int) -> None:
    """Forget a delivery that Postfix never had."""
    db.execute("delete from deliveries where seq = ?", (seq,))
    _count_down(db, lease)


def take(db: sqlite3.Connection, lease_id: str) -> None:
    """The batch is the node's own: it may be injected."""
    db.execute("update leases set taken = 1 where lease_id = ?", (lease_id,))
    db.execute("delete from leases where taken and waiting = 0")  # all of it was known from another lease


def doubt(db: sqlite3.Connection) -> None:
    """Whether what waits is still the node's own must be asked again: it was given up, perhaps."""
    db.execute("update leases set taken = 0 where taken")


def forget(db: sqlite3.Connection, lease_id: str) -> None:
    """The batch is others'. What is of it at Postfix goes on; what is being handed over is asked for again later."""
    row = db.execute("select id from leases where lease_id = ? and not taken", (lease_id,)).fetchone()
    if row is None:
        return
    db.execute("delete from deliveries where transactional in (0, 1) and lease = ? and state = 0", row)
    db.execute("delete from deliveries where state = 4 and lease = ?", row)
    (in_hand,) = db.execute("select count(*) from deliveries where state = 1 and lease = ?", row).fetchone()
    if in_hand:
        db.execute("update leases set waiting = ? where id = ?", (in_hand, *row))
    else:
        db.execute("update messages set content = null where lease = ?", row)
        db.execute("delete from leases where id = ?", row)


def unanswered(db: sqlite3.Connection) -> list[str]:
    """Give the leases that the control plane has not answered for, oldest first."""
    return [row[0] for row in db.execute("select lease_id from leases where not taken order by id")]


def not_queued(db: sqlite3.Connection, now_ms: int) -> Held:
    """Count what is offered, waiting or being injected, but for what must wait for long."""
    transactional, count = db.execute(
        "select coalesce(sum(transactional), 0), count(*) from ("
        " select transactional from deliveries where state = 0 and try_at_ms < ?"
        " union all select transactional from deliveries where state = 1)",
        (now_ms + FAR_MS,),
    ).fetchone()
    return Held(transactional, count - transactional)


def hurry(db: sqlite3.Connection) -> None:
    """What was put off is due now."""
    db.execute("update deliveries set try_at_ms = 0 where state = 0 and try_at_ms > 0")


def due(
    db: sqlite3.Connection, *, now_ms: int, most: int, most_bytes: int, kinds: Collection[bool] = (True, False)
) -> list[Delivery]:
    """Give deliveries whose time has come; at least one, however large it is.

    `kinds` says whether transactional ones, others, or both are wanted. Transactional ones come first, and the oldest
    leases. A query only: nobody but the injector changes what is WAITING in a lease that was taken.
    """
    rows: list[tuple[Any, ...]] = []
    for kind in sorted(kinds, reverse=True):
        rows += db.execute(_DUE, (kind, now_ms, most - len(rows)))
    sizes: dict[int, int] = {}
    chosen: list[Delivery] = []
    for *row, size in rows:
        message = row[3]
        if message not in sizes and chosen and sum(sizes.values()) + size > most_bytes:
            break
        sizes[message] = size
        chosen.append(_delivery(tuple(row)))
    return chosen


def assign(db: sqlite3.Connection, assigned: Sequence[tuple[Delivery, Assignment]], generation: int) -> Claim:
    """Mark deliveries as INJECTING, each with its way; gives them with what their messages say."""
    db.executemany(
        "update deliveries set state = 1, generation = ?, assignment = ?, reason = null where seq = ? and state = 0",
        [(generation, _encoder.encode(way), delivery.seq) for delivery, way in assigned],
    )
    budgets.count(db, [way.budget for _, way in assigned if way.budget is not None], 1)
    messages = list({delivery.message: None for delivery, _ in assigned})
    marks = ",".join("?" * len(messages))
    contents = db.execute(f"select id, content from messages where id in ({marks})", messages)  # noqa: S608
    taken = tuple(
        msgspec.structs.replace(delivery, state=State.INJECTING, generation=generation, assignment=way)
        for delivery, way in assigned
    )
    return Claim(taken, dict(contents.fetchall()))


def put_off(db: sqlite3.Connection, items: Iterable[PutOff]) -> None:
    """Let deliveries wait that have no way out yet."""
    db.executemany(
        "update deliveries set try_at_ms = ?, tries = ?, reason = ? where seq = ? and state = 0",
        [(item.until_ms, item.tries, item.why, item.delivery.seq) for item in items],
    )


def put_back(db: sqlite3.Connection, delivery: Delivery, *, try_at_ms: int, tries: int) -> None:
    """Postfix does not have it: it waits for another try, and for another decision."""
    changed = db.execute(
        "update deliveries set state = 0, try_at_ms = ?, tries = ?, assignment = null where seq = ? and state = 1",
        (try_at_ms, tries, delivery.seq),
    ).rowcount
    if changed:
        _uncount(db, delivery)


def count_try(db: sqlite3.Connection, delivery: Delivery) -> None:
    """Its injection broke the connection, perhaps not by chance."""
    db.execute("update deliveries set tries = tries + 1 where seq = ?", (delivery.seq,))


def queued(db: sqlite3.Connection, delivery: Delivery, queue_id: str, at_ms: int) -> bool:
    """Postfix has it; tells whether this is news."""
    changed = db.execute(
        "update deliveries set state = 2, queue_id = ?, last_event_ms = ? where seq = ? and state = 1",
        (queue_id, at_ms, delivery.seq),
    ).rowcount
    if changed:
        _count_down(db, delivery.lease)
    return bool(changed)


def refused(db: sqlite3.Connection, delivery: Delivery) -> bool:
    """It can never be injected; tells whether this is news."""
    changed = db.execute("update deliveries set state = 3 where seq = ? and state = 1", (delivery.seq,)).rowcount
    if changed:
        _uncount(db, delivery)
        _count_down(db, delivery.lease)
    return bool(changed)


def note_event(db: sqlite3.Connection, delivery: Delivery, event: wire.Event, *, final: bool) -> None:
    """Remember what the next event of the delivery has to follow."""
    db.execute(
        "update deliveries set attempts = max(attempts, ?), last_event_ms = ?, state = max(state, ?) where seq = ?",
        (event.attempt, event.at_ms, State.FINISHED if final else State.WAITING, delivery.seq),
    )


def in_doubt(db: sqlite3.Connection) -> list[Delivery]:
    """Give what is marked as being injected."""
    return [_delivery(row) for row in db.execute(_DELIVERY + "where d.state = 1 order by d.seq")]


def by_token(db: sqlite3.Connection, token: str) -> Delivery | None:
    """Find a delivery by its token."""
    row = db.execute(_DELIVERY + "where d.token = ?", (token,)).fetchone()
    return _delivery(row) if row else None


def by_queue_id(db: sqlite3.Connection, queue_id: str) -> Delivery | None:
    """Find a delivery that is in Postfix's queue."""
    row = db.execute(_DELIVERY + "where d.queue_id = ? and d.state = 2", (queue_id,)).fetchone()
    return _delivery(row) if row else None


def queued_ids(db: sqlite3.Connection) -> set[str]:
    """Give the queue ids of all that Postfix has and has not finished."""
    return {row[0] for row in db.execute("select queue_id from deliveries where state = 2")}


def prune(db: sqlite3.Connection, *, offered_before_ms: int) -> int:
    """Forget deliveries that are too old for their log lines to come still; never one that Postfix does not have."""
    first_kept = db.execute(
        "select coalesce((select seq from deliveries where offered_at_ms >= ? order by seq limit 1),"
        " (select max(seq) + 1 from deliveries), 0)",
        (offered_before_ms,),
    ).fetchone()[0]
    pruned = db.execute("delete from deliveries where seq < ? and state in (2, 3)", (first_kept,)).rowcount
    db.execute(
        "delete from messages where content is null and id <"
        " coalesce((select min(message) from deliveries), (select max(id) + 1 from messages))"
    )
    wanted.prune(db)
    return pruned


def _uncount(db: sqlite3.Connection, delivery: Delivery) -> None:
    """Take back what was counted for a delivery that was not injected after all."""
    if delivery.assignment is not None and delivery.assignment.budget is not None:
        budgets.count(db, [delivery.assignment.budget], -1)


def _count_down(db: sqlite3.Connection, lease: int) -> None:
    waiting = db.execute("update leases set waiting = waiting - 1 where id = ? returning waiting", (lease,)).fetchone()
    if waiting is not None and waiting[0] <= 0:
        db.execute("update messages set content = null where lease = ? and content is not null", (lease,))
        db.execute("delete from leases where id = ?", (lease,))


_Row = tuple[int, str, int, int, str, int, int, int, int, int, bytes, bytes | None, str]


def _delivery(row: _Row) -> Delivery:
    (
        seq, token, lease, message, recipient, state, tries, generation, attempts, last_event_ms, envelope, way, signed
    ) = row  # fmt: skip
    return Delivery(
        seq=seq,
        token=token,
        lease=lease,
        message=message,
        recipient=recipient,
        state=State(state),
        tries=tries,
        generation=generation,
        attempts=attempts,
        last_event_ms=last_event_ms,
        envelope=_envelopes.decode(envelope),
        assignment=None if way is None else _assignments.decode(way),
        return_token=signed,
    )
