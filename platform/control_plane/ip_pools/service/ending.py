"""Dedicated addresses of closed tenants: drained at once, given up when the tenant cannot be reopened any more.

Then they cool down before somebody else gets them, as any released address. Reopened in time, a tenant has them back.
"""

from uuid import UUID

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.ip_pools import life as steps
from control_plane.ip_pools.life import Step
from control_plane.ip_pools.queries import ending as queries
from control_plane.ip_pools.service import life

_log = structlog.get_logger()

REASON = "its account was closed"


async def see_off(db: Database, clock: Clock) -> None:
    """Do all that is due; safe to repeat. What goes wrong with one address does not keep the others waiting."""
    async with db.fleet_tx() as tx:
        due: dict[Step, list[UUID]] = {
            "drain": await queries.to_drain(tx.connection),
            "resume": await queries.to_resume(tx.connection, REASON),
            "release": await queries.to_release(tx.connection, clock.now()),
        }
    for step, ip_ids in due.items():
        for ip_id in ip_ids:
            await _one(db, clock, ip_id, step)


async def _one(db: Database, clock: Clock, ip_id: UUID, step: Step) -> None:
    try:
        async with db.fleet_tx() as tx:
            await _step(tx, clock, ip_id, step)
    except Exception:  # noqa: BLE001 whatever it is, the others have their turn
        _log.exception("an address was not seen off", action="ip_pools.not_seen_off", ip_id=str(ip_id))


async def _step(tx: Transaction, clock: Clock, ip_id: UUID, step: Step) -> None:
    row = await life.locked(tx, ip_id)
    if steps.after(row.status, step) is None:  # somebody else was quicker
        return
    if step != "release":
        await life.take(tx, row, step, clock, reason=REASON if step == "drain" else "")
    elif life.is_drained(row, clock.now()):
        await life.release(tx, row, clock, reason=REASON)
