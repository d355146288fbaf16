"""What nobody asks for: warm-ups begin with their addresses and end with them, days turn, idle addresses cool down."""

from datetime import timedelta
from uuid import UUID

import structlog

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.ip_pools.service import life as addresses
from control_plane.warmup.decide import IDLE_DAYS
from control_plane.warmup.queries import counts as count_queries
from control_plane.warmup.queries import warmups as queries
from control_plane.warmup.service.acts import begin
from control_plane.warmup.service.publish import publish
from control_plane.warmup.service.standbys import keep_warm
from control_plane.warmup.service.turn import turn

_KEPT = timedelta(days=400)

_log = structlog.get_logger()


async def sweep(db: Database, clock: Clock) -> None:
    """Do all that is due; safe to repeat. What goes wrong with one address does not keep the others waiting."""
    await _cool_idle(db, clock)
    async with db.fleet_tx() as tx:
        ended, begun = await queries.to_end(tx.connection), await queries.to_begin(tx.connection)
    for ip_id in ended:
        await _end(db, clock, ip_id)
    for ip_id in begun:
        async with db.fleet_tx() as tx:
            if (place := await queries.place_of(tx.connection, ip_id)) and place["status"] == "warming":
                await begin(tx, clock, ip_id, why="the address is new, or is to earn its name again")
    await keep_warm(db, clock)
    async with db.fleet_tx() as tx:
        running = await queries.running(tx.connection)
    for ip_id in running:
        try:
            await turn(db, clock, ip_id)
        except Exception:  # noqa: BLE001 whatever it is, the others have their turn
            _log.exception("an address had no turn", action="warmup.turn_failed", ip_id=str(ip_id))


async def forget(db: Database, clock: Clock) -> None:
    """Delete days that are older than a year and some weeks."""
    async with db.fleet_tx() as tx:
        await count_queries.forget(tx.connection, clock.now().date() - _KEPT)


async def _end(db: Database, clock: Clock, ip_id: UUID) -> None:
    """End the warm-up of an address that others have taken out of it."""
    async with db.fleet_tx() as tx:
        await queries.place_of(tx.connection, ip_id)
        row = await queries.find(tx.connection, ip_id, lock=True)
        if row is None or row["finished_at"] is not None or row["status"] == "warming":
            return
        await queries.finish(tx.connection, ip_id, clock.now())
        await publish(tx, NodeId(row["node_id"]), ip_id, None)


async def _cool_idle(db: Database, clock: Clock) -> None:
    """Have addresses warmed up again that were warm and have not been used for long."""
    unused_since = clock.now() - timedelta(days=IDLE_DAYS)
    async with db.fleet_tx() as tx:
        idle = await queries.idle(tx.connection, unused_since, unused_since.date())
    for ip_id in idle:
        async with db.fleet_tx() as tx:
            await addresses.cool_again(tx, ip_id, clock, reason=f"nothing was sent from it for {IDLE_DAYS} days")
