"""What a node reports, made fit to be stored: a report comes from a machine that may be broken or in foreign hands."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite
from uuid import UUID

import msgspec

from control_plane.bounces.classify import BounceClass, classify
from control_plane.core import ids
from control_plane.deliveries.schemas import AttemptData
from control_plane.deliveries.states import STATUS_AFTER
from tenant_agent import wire

_EARLY = timedelta(days=1)
_LATE = timedelta(days=7)
"""How far a node's clock may be off. Partitions reach further than this in both directions (see `jobs`)."""
_LONG_AGO = timedelta(days=60)
"""What happened before is not stored any more: events are dropped soon after (see `upkeep`)."""

_EARLY_MS = _EARLY // timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_TEXT = 2000
_NOT_TAKEN = frozenset({"message.deferred", "message.bounced", "message.failed"})


class ReportedEvent(msgspec.Struct, frozen=True):
    """An event that can be stored if the delivery is the node's."""

    tenant_id: UUID
    delivery_id: UUID
    id: UUID
    type: str
    at: datetime
    data: str
    """JSON, as `events.data` holds it."""
    bounce_class: BounceClass | None = None
    reply: str = ""


class _Route(msgspec.Struct, frozen=True):
    """Why the attempt went the way it went; all fields are always there."""

    pool_id: str | None
    provider: str | None
    rule: str | None
    warmup_step: int | None
    generation: int
    ip_id: str | None
    relay_id: str | None
    why: str | None


class _ReportedData(AttemptData, frozen=True, omit_defaults=True, kw_only=True):
    node_id: str
    route: _Route | None = None


_encoder = msgspec.json.Encoder()


def read(events: Iterable[wire.Event], node_id: str, now: datetime) -> tuple[list[ReportedEvent], list[wire.Event]]:
    """Split a report into what can be stored, each event once, and what cannot."""
    good: dict[tuple[UUID, UUID], ReportedEvent] = {}
    bad: list[wire.Event] = []
    oldest_ms, latest_ms = _milliseconds(now - _LONG_AGO), _milliseconds(now + _LATE)
    for event in events:
        try:
            read_one = _read_one(event, node_id, oldest_ms, latest_ms)
        except ids.MalformedId:
            read_one = None
        if read_one is None:
            bad.append(event)
        else:
            good[read_one.tenant_id, read_one.id] = read_one
    return list(good.values()), bad


def _read_one(event: wire.Event, node_id: str, oldest_ms: int, latest_ms: int) -> ReportedEvent | None:
    event_id, delivery_id = ids.from_bare(event.id), ids.decode("dlv", event.delivery_id)
    earliest_ms = max(ids.time_ms_of(delivery_id) - _EARLY_MS, oldest_ms)
    in_time = earliest_ms <= ids.time_ms_of(event_id) <= latest_ms and earliest_ms <= event.at_ms <= latest_ms
    if event.type not in STATUS_AFTER or not in_time:
        return None
    at = _EPOCH + timedelta(milliseconds=event.at_ms)
    tenant_id = ids.decode("ten", event.tenant_id)
    bounce_class, data = _class_of(event), _data(event, node_id)
    return ReportedEvent(tenant_id, delivery_id, event_id, event.type, at, data, bounce_class, _text(event.reply) or "")


def _data(event: wire.Event, node_id: str) -> str:
    data = _ReportedData(
        node_id=node_id,
        attempt=event.attempt,
        queue_id=_text(event.queue_id),
        source_ip=_text(event.source_ip),
        relay=_text(event.relay),
        dsn=_text(event.dsn),
        reply=_text(event.reply),
        tls=_text(event.tls),
        delays=_finite(event.delays),
        route=_route(event.route),
        bounce_class=_class_of(event),
    )
    return _encoder.encode(data).decode()


def _class_of(event: wire.Event) -> BounceClass | None:
    """Say why a server did not take the mail, if it did not."""
    if event.type not in _NOT_TAKEN or not (event.reply or event.dsn):
        return None
    return classify(event.reply or "", event.dsn or "").bounce_class


def _route(route: wire.Route | None) -> _Route | None:
    if route is None:
        return None
    return _Route(
        pool_id=_text(route.pool_id),
        provider=_text(route.provider),
        rule=_text(route.rule),
        warmup_step=route.warmup_step,
        generation=route.generation,
        ip_id=_text(route.ip_id),
        relay_id=_text(route.relay_id),
        why=_text(route.why) or None,
    )


def _finite(delays: wire.Delays | None) -> wire.Delays | None:
    """Leave out what is no time: JSON has no word for it, and the timeline could not be read."""
    known = delays is not None and all(isfinite(seconds) for seconds in msgspec.structs.astuple(delays))
    return delays if known else None


def _text(value: str | None) -> str | None:
    """Shorten what another server said, and leave out what PostgreSQL's text cannot hold."""
    return value if value is None else value[:_LONGEST_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}")


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
