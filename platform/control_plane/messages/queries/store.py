"""Store accepted messages, their deliveries and first events: one statement, however many there are."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.database import Connection

_STORE = """
with stored as (
  insert into messages (tenant_id, id, domain_id, from_email, subject, stream, tags, metadata, envelope, content, terms)
  select $1, m.id, m.domain_id, m.from_email, m.subject, m.stream, m.tags::text[], m.metadata::jsonb, m.envelope,
         m.content, m.terms::bigint[]
  from unnest(
    $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::bytea[],
    $13::text[])
    as m (id, domain_id, from_email, subject, stream, tags, metadata, envelope, content, terms)
), addressed as (
  insert into deliveries (tenant_id, id, message_id, kind, recipient, pool_id, last_event_at, status, held_for, send_at)
  select $1, d.id, d.message_id, d.kind, d.recipient, d.pool_id, $2, d.status,
         case when d.status <> 'held' then null when d.pool_id = any ($3::uuid[]) then 'enforcement' else 'quota' end,
         d.send_at
  from unnest($14::uuid[], $15::uuid[], $16::text[], $17::text[], $18::uuid[], $20::text[], $21::timestamptz[])
    as d (id, message_id, kind, recipient, pool_id, status, send_at)
)
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
select $1, e.id, 'message.' || e.status, $2, e.message_id, e.delivery_id, e.recipient, e.data::jsonb
from unnest($19::uuid[], $15::uuid[], $14::uuid[], $17::text[], $20::text[], $22::text[])
  as e (id, message_id, delivery_id, recipient, status, data)
"""

FirstStatus: TypeAlias = Literal["accepted", "held", "scheduled", "suppressed", "failed"]
"""Held: until there is room within the tenant's limits again. Failed: a node took what cannot be sent."""


class MessageRow(msgspec.Struct, frozen=True):
    """A message, in the order of `_STORE`."""

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
    terms: str
    """What it is found by, as PostgreSQL writes an array."""


class DeliveryRow(msgspec.Struct, frozen=True):
    """A delivery and the event of its acceptance, in the order of `_STORE`."""

    id: UUID
    message_id: UUID
    kind: str
    recipient: str
    pool_id: UUID
    event_id: UUID
    status: FirstStatus
    send_at: datetime | None = None
    event_data: str = "{}"
    """JSON of what the event says beside."""


async def store(
    connection: Connection,
    tenant_id: UUID,
    messages: Sequence[MessageRow],
    deliveries: Sequence[DeliveryRow],
    at: datetime,
    paused_pools: Sequence[UUID] = (),
) -> None:
    """Store messages with their deliveries and events; what is held of paused pools is held for that."""
    of_messages = zip(*map(msgspec.structs.astuple, messages), strict=True)
    of_deliveries = zip(*map(msgspec.structs.astuple, deliveries), strict=True)
    await connection.execute(_STORE, tenant_id, at, paused_pools, *map(list, of_messages), *map(list, of_deliveries))


def text_array(values: Sequence[str]) -> str:
    """Write an array of text as PostgreSQL reads it."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def number_array(values: Iterable[int]) -> str:
    """Write an array of numbers as PostgreSQL reads it."""
    return f"{{{','.join(map(str, values))}}}"
