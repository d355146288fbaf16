"""Deliveries on their way through the fleet: leased to nodes in batches, and moved on by the events that come back.

A lease is offered, then taken. Offered, it comes back by itself when it expires. Taken, it stays the node's, because
only the node knows what it has already handed to its Postfix. Claims go by age across all tenants; a fair share among
tenants comes with quotas, until then a large backlog of one delays the others of the same pool.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode, new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries import queries, reports
from control_plane.deliveries.queries import StoredMessage, WaitingDelivery
from control_plane.deliveries.reports import ReportedEvent
from control_plane.deliveries.schemas import LeaseId, SentMail
from control_plane.deliveries.states import STATUS_AFTER, NewState, latest
from control_plane.ip_pools import service as ip_pools
from control_plane.webhooks import service as webhooks
from tenant_agent import wire

_log = structlog.get_logger()

PREFIX = "dlv"
LEASE_SECONDS = 60.0
_MOST_OFFERED_BYTES = 8 * 1024 * 1024
_PARTITIONED = ("messages", "deliveries", "events", "webhook_deliveries")
_WEEKS_AHEAD = 8
_LEASE_KEPT = timedelta(days=14)
"""Longer than Postfix tries (5 days) and its last events may take to get here (7 days)."""
_MOST_FORGOTTEN = 5000
_MOST_RECIPIENTS = 100


async def claim(db: Database, node_id: NodeId, limit: int) -> wire.Offer | None:
    """Lease waiting deliveries of the node's pools to it, oldest first, transactional before broadcast.

    Gives at most `limit` deliveries and about 8 MiB, but always a whole message; None when nothing waits.
    """
    async with db.fleet_tx() as tx:
        picked = await _pick(tx, node_id, limit)
        if not picked:
            return None
        messages = await queries.messages_of(tx.connection, picked, _MOST_OFFERED_BYTES)
        places = {message.id: place for place, message in enumerate(messages)}
        fitting = [delivery for delivery in picked if delivery.message_id in places]
        lease_id = LeaseId(new_uuid())
        await queries.lease(tx.connection, lease_id, node_id, fitting, LEASE_SECONDS)
    return _offer(lease_id, messages, fitting, places)


async def _pick(tx: Transaction, node_id: NodeId, limit: int) -> list[WaitingDelivery]:
    picked: list[WaitingDelivery] = []
    for pool_id in await ip_pools.open_pools_of(tx, node_id):
        if len(picked) < limit:
            picked += await queries.pick_waiting(tx.connection, pool_id, limit - len(picked))
    return picked


def _offer(
    lease_id: LeaseId, messages: list[StoredMessage], deliveries: list[WaitingDelivery], places: dict[UUID, int]
) -> wire.Offer:
    return wire.Offer(
        lease_id=str(lease_id),
        expires_in_seconds=LEASE_SECONDS,
        messages=tuple(
            wire.OfferedMessage(envelope=msgspec.Raw(message.envelope), content=msgspec.Raw(message.content))
            for message in messages
        ),
        deliveries=tuple(
            wire.OfferedDelivery(encode(PREFIX, delivery.id), places[delivery.message_id], delivery.recipient)
            for delivery in deliveries
        ),
    )


async def take(db: Database, node_id: NodeId, lease_id: str) -> bool:
    """Make an offered lease the node's; no if it has expired or is another's. Asked again, the answer stays."""
    try:
        lease = UUID(lease_id)
    except ValueError:
        return False
    async with db.fleet_tx() as tx:
        return await queries.take(tx.connection, lease, node_id)


async def release_expired(db: Database) -> None:
    """Take back what was offered and not taken in time, and call for other nodes."""
    async with db.fleet_tx() as tx:
        for pool_id in await queries.release_expired(tx.connection):
            tx.outbox.signal(ip_pools.channel(pool_id))


async def hold_suspended(tx: Transaction, tenant_id: UUID, limit: int) -> int:
    """Take a suspended tenant's waiting deliveries out of the queue, some at a time; gives how many (fleet role).

    Nodes pass them over anyway: this keeps a long backlog from being passed over again with every claim.
    """
    return await queries.hold(tx.connection, tenant_id, limit)


async def free_suspended(tx: Transaction, tenant_id: UUID, limit: int) -> int:
    """Let deliveries wait again that a suspension held, some at a time, and call for nodes; gives how many."""
    pools = await queries.free(tx.connection, tenant_id, limit)
    for pool_id in set(pools):
        tx.outbox.signal(ip_pools.channel(pool_id))
    return len(pools)


async def forget_leases(db: Database) -> None:
    """Delete leases of which nothing can be reported any more, some thousand per transaction."""
    forgotten = _MOST_FORGOTTEN
    while forgotten == _MOST_FORGOTTEN:
        async with db.fleet_tx() as tx:
            forgotten = await queries.forget_leases(tx.connection, _LEASE_KEPT, _MOST_FORGOTTEN)


async def ingest(db: Database, node_id: NodeId, events: Sequence[wire.Event], clock: Clock) -> None:
    """Store what a node reports, once however often it does, and move its deliveries on.

    Events of deliveries that the node never took, and events that make no sense, are left out and logged.
    """
    readable, senseless = reports.read(events, encode("nod", node_id), clock.now())
    stored: set[UUID] = set()
    if readable:
        async with db.fleet_tx() as tx:
            stored = await _store(tx, node_id, readable)
    foreign = [event for event in readable if event.id not in stored]
    if senseless or foreign:
        types = Counter([event.type for event in senseless] + [event.type for event in foreign])
        _log.warning("events were refused", action="events.refused", node_id=str(node_id), senseless=len(senseless),
                     foreign=len(foreign), types=dict(types.most_common(5)))  # fmt: skip


async def _store(tx: Transaction, node_id: NodeId, events: list[ReportedEvent]) -> set[UUID]:
    owned = await queries.store_events(tx.connection, node_id, events)
    new = {event.id: event for event in owned if event.is_new}
    if new:
        fresh = [event for event in events if event.id in new]
        states = (NewState(e.tenant_id, e.delivery_id, STATUS_AFTER[e.type], e.at) for e in fresh)
        await queries.update_states(tx.connection, latest(states))
        columns = [e.tenant_id for e in fresh], [e.id for e in fresh], [e.type for e in fresh]
        await webhooks.fan_out(tx, *columns)
        for message_id in {event.message_id for event in new.values()}:
            tx.outbox.signal(f"message:{encode('msg', message_id)}")
    return {event.id for event in owned}


async def complained_about(
    tx: Transaction, delivery_id: UUID | None, message_id: UUID | None, recipient: str
) -> SentMail | None:
    """Find the bound tenant's mail by its delivery, else by its message and recipient; None if there is none."""
    tenant_id = bound_tenant()
    if delivery_id:
        found = await queries.find(tx.connection, tenant_id, delivery_id)
        if found:
            return found
    sent = await queries.of_message(tx.connection, tenant_id, message_id, _MOST_RECIPIENTS) if message_id else []
    if len(sent) > 1:
        fitting = [mail for mail in sent if mail.recipient.lower() == recipient.lower()]
        sent = fitting or [SentMail(None, sent[0].message_id)]
    return sent[0] if sent else None


async def complain(tx: Transaction, mail: SentMail, reporter: str, at: datetime) -> None:
    """Store that a delivery's recipient complained, and tell the webhooks; the caller sees to it that it is once."""
    event_id, tenant_id = new_uuid(), bound_tenant()
    data = msgspec.json.encode({"reply": f"Reported by {reporter}."} if reporter else {}).decode()
    await queries.store_complaint(tx.connection, tenant_id, event_id, mail, at, data)
    await webhooks.fan_out(tx, [tenant_id], [event_id], ["message.complained"])
    tx.outbox.signal(f"message:{encode('msg', mail.message_id)}")


async def extend_partitions(db: Database) -> None:
    """Make the coming weeks' partitions of every partitioned table."""
    async with db.fleet_tx() as tx:
        for table in _PARTITIONED:
            await queries.extend_partitions(tx.connection, table, _WEEKS_AHEAD)
