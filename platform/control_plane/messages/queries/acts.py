"""What is done to messages after they were accepted: found, called back, let go, read once more."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.ip_pools.schemas import SANDBOX_POOL, Stream


class Waiting(msgspec.Struct, frozen=True):
    """A delivery that waits with us or did until now: what it is or was."""

    id: UUID
    message_id: UUID
    recipient: str
    pool_id: UUID
    was: str
    held_for: str | None


class Kept(msgspec.Struct, frozen=True):
    """A message with what it says."""

    id: UUID
    sender: str
    subject: str
    stream: Stream
    tags: list[str]
    metadata: str
    """JSON."""
    envelope: bytes
    content: bytes | None
    """None: it is not kept any more."""


_CALL_BACK = """
with waiting as (
  select id, status, held_for from deliveries
  where tenant_id = $1 and message_id = $2 and id >= $3 and id < $4
    and (status in ('scheduled', 'held') or status = 'accepted' and lease_id is null)
  order by id for update
)
update deliveries d set status = 'cancelled', held_for = null, parked_until = null, last_event_at = $5
from waiting where d.tenant_id = $1 and d.id = waiting.id
returning d.id, d.message_id, d.recipient, d.pool_id, waiting.status, waiting.held_for
"""
_HELD = """
select id, held_for from deliveries
where tenant_id = $1 and message_id = $2 and id >= $3 and id < $4 and status = 'held'
  and held_for in ('quota', 'enforcement')
order by id for update
"""
_LET_GO = """
update deliveries set status = 'accepted', held_for = null, last_event_at = $3, let_go_at = $3
where tenant_id = $1 and id = any ($2) returning id, message_id, recipient, pool_id
"""
_GOES_OUT = """
select exists (select from deliveries
  where tenant_id = $1 and message_id = $2 and id >= $3 and id < $4 and pool_id <> $5)
"""
_KEPT = """
select id, from_email, subject, stream, tags, metadata::text as metadata, envelope, content
from messages where tenant_id = $1 and id = $2
"""


async def lock(connection: Connection, tenant_id: UUID, message_id: UUID) -> asyncpg.Record | None:
    """Find a message, and have others who would change it wait."""
    return await connection.fetchrow(
        "select from_email, envelope from messages where tenant_id = $1 and id = $2 for no key update",
        tenant_id,
        message_id,
    )


async def goes_out(connection: Connection, tenant_id: UUID, message_id: UUID, bounds: tuple[UUID, UUID]) -> bool:
    """Say whether something of a message goes out, or would."""
    found: bool = await connection.fetchval(_GOES_OUT, tenant_id, message_id, *bounds, SANDBOX_POOL)
    return found


async def kept(connection: Connection, tenant_id: UUID, message_id: UUID) -> Kept | None:
    """Find a message with what it says."""
    row = await connection.fetchrow(_KEPT, tenant_id, message_id)
    return Kept(*row.values()) if row else None


async def redate(connection: Connection, tenant_id: UUID, message_id: UUID, envelope: bytes) -> None:
    """Store a message's envelope anew."""
    await connection.execute(
        "update messages set envelope = $3 where tenant_id = $1 and id = $2", tenant_id, message_id, envelope
    )


async def call_back(
    connection: Connection, tenant_id: UUID, message_id: UUID, bounds: tuple[UUID, UUID], now: datetime
) -> list[Waiting]:
    """Cancel what no node has of a message; gives that."""
    rows = await connection.fetch(_CALL_BACK, tenant_id, message_id, *bounds, now)
    return [Waiting(*row.values()) for row in rows]


async def held(
    connection: Connection, tenant_id: UUID, message_id: UUID, bounds: tuple[UUID, UUID]
) -> list[asyncpg.Record]:
    """Lock what is held of a message over a limit, or because its stream is paused."""
    return await connection.fetch(_HELD, tenant_id, message_id, *bounds)


async def let_go(connection: Connection, tenant_id: UUID, ids: list[UUID], now: datetime) -> list[asyncpg.Record]:
    """Accept held deliveries; gives them."""
    return await connection.fetch(_LET_GO, tenant_id, ids, now)
