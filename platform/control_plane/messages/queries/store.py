"""Store accepted messages, their deliveries and first events: one statement each, however many there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from control_plane.core.database import Connection

_MESSAGES = """
insert into messages (tenant_id, id, domain_id, from_email, subject, stream, tags, metadata, envelope, content)
select $1, m.id, m.domain_id, m.from_email, m.subject, m.stream, m.tags::text[], m.metadata::jsonb, m.envelope,
       m.content
from unnest(
  $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[])
  as m (id, domain_id, from_email, subject, stream, tags, metadata, envelope, content)
"""

_DELIVERIES = """
insert into deliveries (tenant_id, id, message_id, kind, recipient, pool_id, last_event_at, status, held_for)
select $1, d.id, d.message_id, d.kind, d.recipient, d.pool_id, $7, d.status, case d.status when 'held' then 'quota' end
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $8::text[])
  as d (id, message_id, kind, recipient, pool_id, status)
"""

_EVENTS = """
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient)
select $1, e.id, 'message.' || e.status, $6, e.message_id, e.delivery_id, e.recipient
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $7::text[])
  as e (id, message_id, delivery_id, recipient, status)
"""


class MessageRow(msgspec.Struct, frozen=True):
    """A message, in the order of `_MESSAGES`."""

    id: UUID
    domain_id: UUID
    from_email: str
    subject: str
    stream: str
    tags: str
    """As PostgreSQL writes an array."""
    metadata: str
    """JSON."""
    envelope: bytes
    content: bytes


class DeliveryRow(msgspec.Struct, frozen=True):
    """A delivery and the event of its acceptance."""

    id: UUID
    message_id: UUID
    kind: str
    recipient: str
    pool_id: UUID
    event_id: UUID
    status: Literal["accepted", "held"]
    """Held: until there is room within the tenant's limits again."""


async def store(
    connection: Connection,
    tenant_id: UUID,
    messages: Sequence[MessageRow],
    deliveries: Sequence[DeliveryRow],
    at: datetime,
) -> None:
    """Store messages with their deliveries and events."""
    columns = zip(*map(msgspec.structs.astuple, messages), strict=True)
    await connection.execute(_MESSAGES, tenant_id, *map(list, columns))
    ids, message_ids = [row.id for row in deliveries], [row.message_id for row in deliveries]
    recipients = [row.recipient for row in deliveries]
    kinds, pools = [row.kind for row in deliveries], [row.pool_id for row in deliveries]
    statuses = [row.status for row in deliveries]
    await connection.execute(_DELIVERIES, tenant_id, ids, message_ids, kinds, recipients, pools, at, statuses)
    event_ids = [row.event_id for row in deliveries]
    await connection.execute(_EVENTS, tenant_id, event_ids, message_ids, ids, recipients, at, statuses)


def text_array(values: Sequence[str]) -> str:
    """Write an array of text as PostgreSQL reads it."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
