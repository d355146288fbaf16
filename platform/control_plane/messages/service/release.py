"""Let held deliveries go: when a window has turned, the oldest first, as many as fit; or those of one message."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.actor import acts_from_above
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.deliveries import service as deliveries
from control_plane.messages.errors import HeldByMeasure, NotHeld
from control_plane.messages.queries import acts
from control_plane.messages.queries import held as queries
from control_plane.messages.queries.read import millisecond
from control_plane.messages.schemas import Message
from control_plane.messages.service import history
from control_plane.messages.service.allowance import HELD, least
from control_plane.messages.service.found import locked
from control_plane.messages.service.read import find
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES

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
        await quotas.hold(tx, HELD)  # before the deliveries, as everybody does who lets them go
        rows = await queries.let_go(tx.connection, tenant_id, min(room or _AT_ONCE, _AT_ONCE), now)
        if rows:
            await quotas.take(tx, dict.fromkeys(MESSAGES, len(rows)), now)
            await quotas.give_back(tx, {HELD: len(rows)})
            await _tell(tx, rows, now)
    return len(rows)


async def release_message(db: Database, clock: Clock, message_id: str) -> Message:
    """Let all go that is held of a message; raises `NotHeld`, and `QuotaExceeded` if there is no room for it.

    Of a paused stream only those may release something who stand above the tenant; raises `HeldByMeasure`.
    """
    wanted, now, tenant_id = ids.decode("msg", message_id), clock.now(), bound_tenant()
    async with db.tenant_tx() as tx:
        await locked(tx, wanted)
        await quotas.hold(tx, *MESSAGES, now=now)
        await quotas.hold(tx, HELD)
        held = _releasable(await acts.held(tx.connection, tenant_id, wanted, millisecond(wanted)))
        await quotas.take(tx, dict.fromkeys(MESSAGES, len(held)), now)
        await quotas.give_back(tx, {HELD: len(held)})
        await _tell(tx, await acts.let_go(tx.connection, tenant_id, held, now), now)
        audit.record(tx, "messages.release", message_id, after={"recipients": len(held)})
    return await find(db, message_id)


def _releasable(rows: Sequence[asyncpg.Record]) -> list[UUID]:
    if not rows:
        raise NotHeld
    if any(row["held_for"] == "enforcement" for row in rows) and not acts_from_above():
        raise HeldByMeasure
    return [row["id"] for row in rows]


async def _tell(tx: Transaction, rows: Sequence[asyncpg.Record], now: datetime) -> None:
    """Store the events, send them to webhooks, wake the nodes."""
    events = [history.row("accepted", row["message_id"], row["id"], row["recipient"], row["pool_id"]) for row in rows]
    await history.tell(tx, events, now)
    deliveries.await_turn(tx, {row["pool_id"] for row in rows})
