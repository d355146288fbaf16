"""Keep a suspended tenant's deliveries out of the line, and let them wait again (fleet role)."""

from uuid import UUID

from control_plane.core.database import Connection

_HOLD = """
update deliveries d set status = 'held', held_for = 'suspension'
from (
  select id from deliveries where tenant_id = $1 and status = 'accepted' and lease_id is null
  limit $2 for update skip locked
) waiting
where d.tenant_id = $1 and d.id = waiting.id returning d.pool_id"""

_FREE = """
update deliveries d set status = 'accepted', held_for = null
from (
  select id from deliveries where tenant_id = $1 and status = 'held' and held_for = 'suspension'
  limit $2 for update skip locked
) held
where d.tenant_id = $1 and d.id = held.id returning d.pool_id"""


async def hold(connection: Connection, tenant_id: UUID, limit: int) -> list[UUID]:
    """Hold some of a suspended tenant's waiting deliveries; gives the pool of each."""
    return [row["pool_id"] for row in await connection.fetch(_HOLD, tenant_id, limit)]


async def free(connection: Connection, tenant_id: UUID, limit: int) -> list[UUID]:
    """Let some deliveries wait again that a suspension held; gives the pool of each."""
    return [row["pool_id"] for row in await connection.fetch(_FREE, tenant_id, limit)]
