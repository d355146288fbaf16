"""Makes the events of a delivery. Each has an id that is made from what happened, so that a repeat has the same id."""

import hashlib
import time

from tenant_agent import wire
from tenant_agent.ledger import Delivery
from tenant_agent.maillog.queue_id import created_at_ms
from tenant_agent.maillog.records import Attempted, LocalTime
from tenant_agent.transports import source_address

_SECOND_MS = 1000
_DAY_MS = 86_400_000

_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SHIFTS = range(120, -1, -10)

_TYPES = {"sent": "message.delivered", "bounced": "message.bounced", "deferred": "message.deferred"}


def queued(node: str, delivery: Delivery, queue_id: str) -> wire.Event:
    """The node's Postfix has it; the moment is the one in the queue id, whoever reports it first."""
    return _event(node, delivery, "message.queued", queued_at_ms(delivery, queue_id), queue_id=queue_id)


def queued_at_ms(delivery: Delivery, queue_id: str) -> int:
    """Give the moment of that event."""
    return _in_order(delivery, created_at_ms(queue_id))


def attempted(node: str, delivery: Delivery, record: Attempted) -> wire.Event:
    """A try at delivery and what came of it."""
    return _event(
        node,
        delivery,
        _TYPES.get(record.status, "message.deferred"),
        attempted_at_ms(record),
        attempt=delivery.attempts + 1,
        queue_id=record.queue_id,
        source_ip=source_address(record.service),
        relay=record.relay,
        dsn=record.dsn,
        reply=record.reply,
        tls=record.tls,
        delays=record.delays,
    )


def given_up(node: str, delivery: Delivery, queue_id: str, at: LocalTime, *, dsn: str, reply: str) -> wire.Event:
    """It left the queue undelivered, though nobody refused it for good."""
    at_ms = moment_ms(at, created_at_ms(queue_id))
    return _event(
        node,
        delivery,
        "message.failed",
        at_ms,
        attempt=delivery.attempts,
        queue_id=queue_id,
        dsn=dsn,
        reply=reply,
    )


def completed(node: str, delivery: Delivery, queue_id: str, at_ms: int, *, reply: str) -> wire.Event:
    """It left the queue as done, though nothing more is known of how."""
    attempt = delivery.attempts + 1
    return _event(node, delivery, "message.delivered", at_ms, attempt=attempt, queue_id=queue_id, reply=reply)


def refused(node: str, delivery: Delivery, at_ms: int, reply: str) -> wire.Event:
    """It never got into the queue, and trying again would change nothing."""
    return _event(node, delivery, "message.failed", at_ms, dsn="5.0.0", reply=reply)


def waiting(node: str, delivery: Delivery, at_ms: int, reply: str) -> wire.Event:
    """It cannot be put into the queue for now."""
    return _event(node, delivery, "message.deferred", at_ms, dsn="4.0.0", reply=reply)


def attempted_at_ms(record: Attempted) -> int:
    """Give the moment of an attempt: arrival plus delay, held within the second that the line was written in."""
    arrival_ms = created_at_ms(record.queue_id)
    second_ms = moment_ms(record.at, arrival_ms)
    return min(max(arrival_ms + int(record.delay_s * _SECOND_MS), second_ms), second_ms + _SECOND_MS - 1)


def moment_ms(at: LocalTime, after_ms: int) -> int:
    """Give Unix milliseconds of a log time, in the first year in which it does not lie before `after_ms`."""
    year = time.localtime(after_ms // _SECOND_MS).tm_year
    this_year = _in_year(at, year)
    # A clock that was set back, or summer time's end, is not a year.
    return this_year if this_year > after_ms - _DAY_MS else _in_year(at, year + 1)


def _in_year(at: LocalTime, year: int) -> int:
    return int(time.mktime((year, at.month, at.day, at.hour, at.minute, at.second, 0, 0, -1))) * _SECOND_MS


def _in_order(delivery: Delivery, at_ms: int) -> int:
    """Within one delivery time never stands still, so that its events have one order everywhere."""
    return max(at_ms, delivery.last_event_ms + 1)


def _event(
    node: str,
    delivery: Delivery,
    kind: str,
    at_ms: int,
    *,
    attempt: int = 0,
    queue_id: str | None = None,
    source_ip: str | None = None,
    relay: str | None = None,
    dsn: str | None = None,
    reply: str | None = None,
    tls: str | None = None,
    delays: wire.Delays | None = None,
) -> wire.Event:
    at_ms = _in_order(delivery, at_ms)
    envelope = delivery.envelope
    return wire.Event(
        id=id_of(at_ms, node, queue_id or delivery.token, delivery.recipient, str(attempt), kind),
        type=kind,
        at_ms=at_ms,
        tenant_id=envelope.tenant_id,
        message_id=envelope.message_id,
        delivery_id=f"dlv_{delivery.token}",
        recipient=delivery.recipient,
        attempt=attempt,
        queue_id=queue_id,
        source_ip=source_ip,
        relay=relay,
        dsn=dsn,
        reply=reply,
        tls=tls,
        delays=delays,
        route=_route(delivery),
    )


def _route(delivery: Delivery) -> wire.Route:
    if delivery.assignment is not None:
        return delivery.assignment.route
    return wire.Route(pool_id=delivery.envelope.pool_id, generation=delivery.generation)


def id_of(at_ms: int, *facts: str) -> str:
    """Shape 74 bits of SHA-256 as the random part of a UUIDv7 (RFC 9562 §5.7), in 26 characters of base32hex."""
    digest = int.from_bytes(hashlib.sha256("\0".join(facts).encode()).digest()[:10])
    high, low = digest >> 68, digest & ((1 << 62) - 1)
    value = at_ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    bits = value << 2  # 26 characters hold two bits more
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])
