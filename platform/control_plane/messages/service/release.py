"""Let held deliveries go when a window has turned: the oldest first, as many as fit, each once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.messages.queries import held as queries
from control_plane.messages.service.allowance import least
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES
from control_plane.webhooks import service as webhooks

_AT_ONCE = 500
_ROUNDS = 200


async def release(db: Database, clock: Clock) -> int:
    """Let go what fits, for every tenant that has something held; gives how many deliveries."""
    async with db.fleet_tx() as tx:
        tenants = await queries.tenants(tx.connection)
    released = 0
    for tenant_id in tenants:
        with acting_for(tenant_id):
            released += await _release_for(db, clock, tenant_id)
    return released


async def _release_for(db: Database, clock: Clock, tenant_id: UUID) -> int:
    released = 0
    for _ in range(_ROUNDS):  # a sweep goes on where this stops
        some = await _release_some(db, clock.now(), tenant_id)
        released += some
        if some < _AT_ONCE:
            break
    return released


async def _release_some(db: Database, now: datetime, tenant_id: UUID) -> int:
    """Let go what fits, at most `_AT_ONCE`, in one transaction that holds the counters from the start."""
    async with db.tenant_tx() as tx:
        room = least(await quotas.hold(tx, *MESSAGES, now=now))
        if room == 0:
            return 0
        rows = await queries.let_go(tx.connection, tenant_id, min(room or _AT_ONCE, _AT_ONCE), now)
        if rows:
            await quotas.take(tx, dict.fromkeys(MESSAGES, len(rows)), now)
            await quotas.give_back(tx, {"messages_held": len(rows)})
            await _tell(tx, tenant_id, rows, now)
    return len(rows)


async def _tell(tx: Transaction, tenant_id: UUID, rows: Sequence[asyncpg.Record], now: datetime) -> None:
    """Store the events, send them to webhooks, wake the nodes."""
    event_ids = [ids.new_uuid() for _ in rows]
    await queries.store_events(tx.connection, tenant_id, event_ids, rows, now)
    await webhooks.fan_out(tx, [tenant_id] * len(rows), event_ids, ["message.accepted"] * len(rows))
    deliveries.await_turn(tx, {row["pool_id"] for row in rows})
    for message_id in {row["message_id"] for row in rows}:
        tx.outbox.signal(f"message:{ids.encode('msg', message_id)}")
