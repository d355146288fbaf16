"""What nodes report of deliveries: stored once however often it comes, and followed by the deliveries' states."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from control_plane.bounces import service as bounces
from control_plane.bounces.schemas import Bounced
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.deliveries import reports
from control_plane.deliveries.queries import events as queries
from control_plane.deliveries.queries.events import StoredEvent
from control_plane.deliveries.reports import ReportedEvent
from control_plane.deliveries.states import STATUS_AFTER, NewState, latest
from control_plane.rollouts import service as rollouts
from control_plane.warmup import service as warmup
from control_plane.webhooks import service as webhooks
from tenant_agent import wire

_log = structlog.get_logger()


async def ingest(db: Database, node_id: NodeId, events: Sequence[wire.Event], clock: Clock) -> None:
    """Store what a node reports, once however often it does, and move its deliveries on.

    Events of deliveries that the node never took, and events that make no sense, are left out and logged.
    """
    readable, senseless = reports.read(events, encode("nod", node_id), clock.now())
    stored: set[UUID] = set()
    if readable:
        async with db.fleet_tx(keep_plans=True) as tx:
            stored = await _store(tx, node_id, readable, clock.now())
    foreign = [event for event in readable if event.id not in stored]
    if senseless or foreign:
        types = Counter([event.type for event in senseless] + [event.type for event in foreign])
        _log.warning("events were refused", action="events.refused", node_id=str(node_id), senseless=len(senseless),
                     foreign=len(foreign), types=dict(types.most_common(5)))  # fmt: skip


async def _store(tx: Transaction, node_id: NodeId, events: list[ReportedEvent], now: datetime) -> set[UUID]:
    owned = await queries.store_events(tx.connection, node_id, events)
    new = {event.id: event for event in owned if event.is_new}
    if new:
        fresh = [event for event in events if event.id in new]
        states = (NewState(e.tenant_id, e.delivery_id, STATUS_AFTER[e.type], e.at) for e in fresh)
        await queries.update_states(tx.connection, latest(states))
        columns = [e.tenant_id for e in fresh], [e.id for e in fresh], [e.type for e in fresh]
        await webhooks.fan_out(tx, *columns, [new[e.id].message_id for e in fresh])
        await bounces.note(tx, [_bounced(e, new[e.id]) for e in fresh if e.type == "message.bounced"], now)
        await warmup.count(tx, node_id, [e.type for e in fresh], [e.at for e in fresh], [e.data for e in fresh])
        await rollouts.count(tx, node_id, [e.type for e in fresh], [e.at for e in fresh])
        for message_id in {event.message_id for event in new.values()}:
            tx.outbox.signal(f"message:{encode('msg', message_id)}")
    return {event.id for event in owned}


def _bounced(event: ReportedEvent, stored: StoredEvent) -> Bounced:
    return Bounced(
        tenant_id=event.tenant_id,
        message_id=stored.message_id,
        delivery_id=event.delivery_id,
        recipient=stored.recipient,
        bounce_class=event.bounce_class or "unknown",
        reply=event.reply,
        at=event.at,
    )
