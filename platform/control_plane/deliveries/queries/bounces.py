"""Deliveries that were accepted elsewhere and came back (fleet role)."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_FIND = """
select d.tenant_id, d.message_id, d.recipient, d.status, d.let_go_at from mail_domains m
join deliveries d on d.tenant_id = m.tenant_id and d.id = $2
where m.name = $1 order by d.tenant_id limit 1 for no key update of d"""

_STORE = """
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
select $1, $2, 'message.bounced', $3, $4, $5, $6, $7::jsonb
where not exists (
  select from events e where e.tenant_id = $1 and e.message_id = $4 and e.delivery_id = $5
    and e.type in ('message.bounced', 'message.failed')
)
returning id"""


async def find(connection: Connection, domain: str, delivery_id: UUID) -> asyncpg.Record | None:
    """Find and lock a delivery of whoever has or had a domain; its id alone is in no index."""
    return await connection.fetchrow(_FIND, domain, delivery_id)


async def store(
    connection: Connection,
    tenant_id: UUID,
    event_id: UUID,
    at: datetime,
    message_id: UUID,
    delivery_id: UUID,
    recipient: str,
    data: str,
) -> bool:
    """Store that a delivery bounced, unless it has bounced before; says whether it was news."""
    values = (tenant_id, event_id, at, message_id, delivery_id, recipient, data)
    return await connection.fetchval(_STORE, *values) is not None
