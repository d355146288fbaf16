"""Tell tenants that a limit is near or reached, once per window: an event each, and what their webhooks want of it."""

from datetime import datetime

import asyncpg
import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import new_uuid
from control_plane.quotas.queries import news as queries
from control_plane.quotas.resources import resets_at
from control_plane.webhooks import service as webhooks


async def tell(db: Database, clock: Clock) -> None:
    """Store and send what is due: the mark on the counter, the event and its sendings are one transaction."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        await queries.forget(tx, now)
        told = [("quota.warning", row) for row in await queries.near(tx, now)]
        told += [("quota.exceeded", row) for row in await queries.full(tx, now)]
        if not told:
            return
        types = [event_type for event_type, _ in told]
        tenant_ids, event_ids = [row["tenant_id"] for _, row in told], [new_uuid() for _ in told]
        await queries.insert_events(tx, tenant_ids, event_ids, types, now, [_data(row, now) for _, row in told])
        await webhooks.fan_out(tx, tenant_ids, event_ids, types)


def _data(row: asyncpg.Record, now: datetime) -> str:
    turns = resets_at(row["resource"], now)
    told = {"resource": row["resource"], "used": row["used"], "limit": row["most"], "resets_at": turns}
    return msgspec.json.encode(told).decode()
