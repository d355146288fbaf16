"""Books what the log says: ledger states and spooled events, in the transaction that also moves the checkpoint."""

import sqlite3
from collections.abc import Iterable

import msgspec

from tenant_agent import events, ledger, rerouting, spool, submitted, wire
from tenant_agent.ledger import Delivery, State
from tenant_agent.maillog.answers import Answer, answer_to
from tenant_agent.maillog.queue_id import created_at_ms
from tenant_agent.maillog.records import Activated, Attempted, Expired, Marked, Record, Removed, Requeued

_EXPIRED = "the queue's time limit was reached after the last attempt"
_TAKEN_OUT = "it was removed from the node's queue by hand"
_ANSWER_LOST = "the delivery was completed in the moment of a crash, and the other server's answer is lost"


class Booked(msgspec.Struct, frozen=True):
    """What some records came to."""

    events: int
    marks: list[str]
    answers: list[Answer]


def book(db: sqlite3.Connection, node: str, records: Iterable[Record]) -> Booked:
    """Book records in their order.

    Records of mail that is not the platform's, and repeats of what is booked, change nothing.
    """
    marks: list[str] = []
    answers: list[Answer] = []
    happened = []
    for record in records:
        match record:
            case Marked():
                marks.append(record.mark)
            case Requeued():
                rerouting.done(db, record.former_queue_id, record.queue_id)
                submitted.requeued(db, record.former_queue_id, record.queue_id)
            case _:
                event = _event_of(db, node, record, answers)
                if event is not None:
                    happened.append(event)
    spool.append(db, happened)
    return Booked(len(happened), marks, answers)


def book_queued(db: sqlite3.Connection, node: str, delivery: Delivery, queue_id: str) -> wire.Event | None:
    """Note that Postfix has a delivery, whoever saw it first: its reply or its log."""
    is_news = ledger.queued(db, delivery, queue_id, events.queued_at_ms(delivery, queue_id))
    return events.queued(node, delivery, queue_id) if is_news else None


def book_vanished(db: sqlite3.Connection, node: str, queue_ids: Iterable[str], at_ms: int) -> int:
    """Finish what is in the queue no more though the log does not say how it ended; give how many that were."""
    happened = []
    for queue_id in sorted(queue_ids):
        delivery = ledger.by_queue_id(db, queue_id)
        if delivery is not None:
            event = events.completed(node, delivery, queue_id, at_ms, reply=_ANSWER_LOST)
            ledger.note_event(db, delivery, event, final=True)
            happened.append(event)
    spool.append(db, happened)
    return len(happened)


def _event_of(
    db: sqlite3.Connection, node: str, record: Activated | Attempted | Expired | Removed, answers: list[Answer]
) -> wire.Event | None:
    if isinstance(record, Activated):
        return _activated(db, node, record)
    delivery = ledger.by_queue_id(db, record.queue_id)
    if isinstance(record, Attempted) and (answer := answer_to(record, delivery)) is not None:
        answers.append(answer)
    if delivery is None:
        if isinstance(record, Removed):
            submitted.gone(db, record.queue_id)
        return None
    event = _told(db, node, delivery, record)
    ledger.note_event(db, delivery, event, final=event.type != "message.deferred")
    return event


def _told(db: sqlite3.Connection, node: str, delivery: Delivery, record: Attempted | Expired | Removed) -> wire.Event:
    match record:
        case Attempted():
            return events.attempted(node, delivery, record)
        case Expired():
            return events.given_up(node, delivery, record.queue_id, record.at, dsn="4.4.7", reply=_EXPIRED)
        case Removed(by_hand=True):
            reply = rerouting.reason_of(db, delivery) or _TAKEN_OUT
            return events.given_up(node, delivery, record.queue_id, record.at, dsn="5.0.0", reply=reply)
        case Removed():
            # The log line of the attempt was on its way to postlogd(8) when all of Postfix was killed. The queue
            # manager removes only what was completed, nearly always by being accepted: to call it failed would make
            # people send again what has arrived.
            at_ms = events.moment_ms(record.at, created_at_ms(record.queue_id))
            return events.completed(node, delivery, record.queue_id, at_ms, reply=_ANSWER_LOST)


def _activated(db: sqlite3.Connection, node: str, record: Activated) -> wire.Event | None:
    """Find out which delivery a queue id belongs to.

    The first queue id that is seen for a token is the injection's own. A later one is a copy that came back to this
    node through its MX, and the ledger then no longer says INJECTING.
    """
    delivery = ledger.by_token(db, ledger.token_in(record.sender))
    if delivery is None or delivery.state != State.INJECTING:
        return None
    if record.sender.partition("@")[0] != delivery.return_local:  # somebody borrows its token
        return None
    return book_queued(db, node, delivery, record.queue_id)
