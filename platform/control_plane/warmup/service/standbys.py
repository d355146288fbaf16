"""Addresses that stand by are kept warm: when one was not used for a week, it takes a little mail for a day.

So it can stand in at any time with its full share. Its node knows it as one that is being warmed up, whose caps are a
twentieth of the table's last step.
"""

from datetime import timedelta
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.ip_pools import service as ip_pools
from control_plane.nodes import service as nodes
from control_plane.warmup.decide import KEPT_WARM_DAYS, kept_warm_caps
from control_plane.warmup.presets import DEFAULT, PRESETS
from control_plane.warmup.queries import standbys as queries
from control_plane.warmup.service.publish import publish
from control_plane.warmup.service.read import PREFIX, schedule_of
from tenant_agent import wire


async def keep_warm(db: Database, clock: Clock) -> None:
    """Let those take mail that have rested for a week, and rest those that were used; safe to repeat."""
    today = clock.now().date()
    unused_since = today - timedelta(days=KEPT_WARM_DAYS)
    async with db.fleet_tx() as tx:
        rested = await queries.to_use(tx.connection, unused_since)
        used = await queries.to_rest(tx.connection, unused_since, today)
    for ip_id in rested:
        async with db.fleet_tx() as tx:
            await _set(tx, ip_id, keeps_warm=True)
    for ip_id in used:
        async with db.fleet_tx() as tx:
            await _set(tx, ip_id, keeps_warm=False)


async def _set(tx: Transaction, ip_id: UUID, *, keeps_warm: bool) -> None:
    row = await queries.lock(tx.connection, ip_id)
    if row is None or row["keeps_warm"] == keeps_warm:
        return
    stands_by = row["standby"] and row["status"] == "active"
    if keeps_warm and not stands_by:
        return
    await queries.set_keeps_warm(tx.connection, ip_id, keeps_warm=keeps_warm)
    if keeps_warm or row["status"] != "warming":  # what is warmed up has caps of its own by now
        await publish(tx, NodeId(row["node_id"]), ip_id, _item(ip_id, row) if keeps_warm else None)
    await nodes.describe_again(tx, NodeId(row["node_id"]))
    tx.outbox.signal(ip_pools.channel(row["pool_id"]))
    audit.record_for_fleet(tx, "ips.keep_warm", encode(PREFIX, ip_id), after={"keeps_warm": keeps_warm})


def _item(ip_id: UUID, row: asyncpg.Record) -> wire.WarmupItem:
    table = PRESETS[DEFAULT] if row["schedule"] is None else schedule_of(row)
    return wire.WarmupItem(
        ip_id=encode(PREFIX, ip_id), address=row["address"], step=len(table.steps), caps=kept_warm_caps(table)
    )
