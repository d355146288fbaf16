"""Books what came of injections: ledger states, events, and when to try again."""

import sqlite3
from collections.abc import Sequence

from tenant_agent import events, ledger, spool, wire
from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused
from tenant_agent.ledger import Delivery
from tenant_agent.maillog.account import book_queued

_FIRST_WAIT_MS = 1_000
_LONGEST_WAIT_MS = 300_000

_TRIES_BEFORE_WORD = 3
"""A node that is just being set up puts mail off for a moment: nobody needs to hear of that."""

Result = tuple[Delivery, Outcome]


def book(db: sqlite3.Connection, node: str, results: Sequence[Result], now_ms: int) -> None:
    """Book results in their order."""
    happened = [_booked(db, node, delivery, outcome, now_ms) for delivery, outcome in results]
    spool.append(db, [event for event in happened if event is not None])


def wait_ms(tries: int) -> int:
    """Give the wait after so many tries: doubling from one second to five minutes."""
    return min(_LONGEST_WAIT_MS, _FIRST_WAIT_MS << min(tries, 20))


def _booked(db: sqlite3.Connection, node: str, delivery: Delivery, outcome: Outcome, now_ms: int) -> wire.Event | None:
    match outcome:
        case Queued(queue_id):
            return book_queued(db, node, delivery, queue_id)
        case Refused(reply):
            event = events.refused(node, delivery, now_ms, reply)
            return event if ledger.refused(db, delivery) else None
        case NotSent(was_connected=True):
            ledger.put_back(db, delivery, try_at_ms=now_ms + wait_ms(delivery.tries), tries=delivery.tries + 1)
        case NotSent():
            ledger.put_back(db, delivery, try_at_ms=0, tries=delivery.tries)
        case PutOff(reply):
            return _put_off(db, node, delivery, now_ms, reply)
        case InDoubt():  # it stays INJECTING until it is settled
            ledger.count_try(db, delivery)
    return None


def _put_off(db: sqlite3.Connection, node: str, delivery: Delivery, now_ms: int, reply: str) -> wire.Event | None:
    tries = delivery.tries + 1
    ledger.put_back(db, delivery, try_at_ms=now_ms + wait_ms(delivery.tries), tries=tries)
    return tell_waiting(db, node, delivery, now_ms, reply) if tries == _TRIES_BEFORE_WORD else None


def tell_waiting(db: sqlite3.Connection, node: str, delivery: Delivery, now_ms: int, reply: str) -> wire.Event:
    """Make the event that a delivery is not in the queue yet, and why."""
    event = events.waiting(node, delivery, now_ms, reply)
    ledger.note_event(db, delivery, event, final=False)
    return event
