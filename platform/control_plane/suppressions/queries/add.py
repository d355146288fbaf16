"""Add addresses to a tenant's list, each once (either role).

A stricter reason takes the place of a milder one, and of two ends the later one stays.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.suppressions.queries.rows import COLUMNS, SuppressionRow
from control_plane.suppressions.schemas import STRICTNESS

_IS_OVER = "coalesce(s.expires_at <= excluded.created_at, false)"
_RANK, _RANK_BEFORE = (f"array_position($14::text[], {row}.reason)" for row in ("excluded", "s"))
_UNTIL, _UNTIL_BEFORE = (f"coalesce({row}.expires_at, 'infinity')" for row in ("excluded", "s"))
_SAID = ", ".join(
    f"{name} = case when {_IS_OVER} or {_RANK} >= {_RANK_BEFORE} then excluded.{name} else s.{name} end"
    for name in ("reason", "source", "note", "message_id", "delivery_id", "created_by", "created_at")
)
"""A milder reason takes the place of none that still holds: it can only have it hold for longer."""
_ADD = f"""
with wanted as (
  select distinct on (w.email, w.stream, w.for_clients) w.id, w.email, w.stream, w.for_clients, w.reason, w.source,
    w.note, w.message_id, w.delivery_id,
    max(coalesce(w.expires_at, 'infinity')) over (partition by w.email, w.stream, w.for_clients) as until
  from unnest($2::uuid[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::text[], $8::text[], $9::uuid[],
    $10::uuid[], $11::timestamptz[])
    as w (id, email, stream, for_clients, reason, source, note, message_id, delivery_id, expires_at)
  order by w.email, w.stream, w.for_clients, array_position($14::text[], w.reason) desc
)
insert into suppressions as s (tenant_id, id, email, stream, for_clients, reason, source, note, message_id,
  delivery_id, expires_at, created_by, created_at)
select $1, id, email, stream, for_clients, reason, source, note, message_id, delivery_id, nullif(until, 'infinity'),
  $12, $13
from wanted
on conflict ((tenant_id::text), email, stream, for_clients) where ended_at is null do update
set {_SAID},
  expires_at = case when {_IS_OVER} then excluded.expires_at
    else nullif(greatest({_UNTIL}, {_UNTIL_BEFORE}), 'infinity') end
where {_IS_OVER} or {_RANK} > {_RANK_BEFORE} or {_UNTIL} > {_UNTIL_BEFORE}
returning {COLUMNS}"""  # noqa: S608 our own columns

_EVENTS = """
insert into events (tenant_id, id, type, at, recipient, data)
select $1, e.id, $2, $3, e.recipient, e.data::jsonb
from unnest($4::uuid[], $5::text[], $6::text[]) as e (id, recipient, data)"""


class Wanted(msgspec.Struct, frozen=True):
    """An address for the list, in the order of `_ADD`."""

    id: UUID
    email: str
    stream: str
    for_clients: bool
    reason: str
    source: str
    note: str
    message_id: UUID | None
    delivery_id: UUID | None
    expires_at: datetime | None


async def add(
    connection: Connection, tenant_id: UUID, wanted: Sequence[Wanted], created_by: str, now: datetime
) -> list[SuppressionRow]:
    """Add addresses; gives what is new, stricter than it was, or holds for longer."""
    columns = [list(column) for column in zip(*map(msgspec.structs.astuple, wanted), strict=True)]
    rows = await connection.fetch(_ADD, tenant_id, *columns, created_by, now, STRICTNESS)
    return [SuppressionRow(*row.values()) for row in rows]


async def store_events(
    connection: Connection,
    tenant_id: UUID,
    event_type: str,
    event_ids: Sequence[UUID],
    emails: Sequence[str],
    data: Sequence[str],
    now: datetime,
) -> None:
    """Store what happened to entries of the list; `data` is JSON."""
    await connection.execute(_EVENTS, tenant_id, event_type, now, event_ids, emails, data)
