"""Deliveries that wait for room within their tenant's limits: the oldest are let go first."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_TENANTS = """
select u.tenant_id from usage u join tenants t on t.id = u.tenant_id
where u.resource = 'messages_held' and u.window_start = '-infinity' and u.used > 0
  and t.status <> 'suspended' and t.erased_at is null
order by u.tenant_id
"""
_LET_GO = """
with oldest as (
  select id from deliveries where tenant_id = $1 and status = 'held' and held_for = 'quota'
  order by message_id, id limit $2 for update
)
update deliveries d set status = 'accepted', held_for = null, last_event_at = $3, let_go_at = $3
from oldest where d.tenant_id = $1 and d.id = oldest.id
returning d.id, d.message_id, d.recipient, d.pool_id
"""


async def tenants(connection: Connection) -> list[UUID]:
    """List who has something held and is not suspended (fleet role)."""
    return [row["tenant_id"] for row in await connection.fetch(_TENANTS)]


async def let_go(connection: Connection, tenant_id: UUID, most: int, now: datetime) -> list[asyncpg.Record]:
    """Accept the oldest held deliveries; gives them."""
    return await connection.fetch(_LET_GO, tenant_id, most, now)
