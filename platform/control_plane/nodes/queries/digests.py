"""The SQL of comparing what a node has with what it should have, and of what was found changed there (fleet role)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.nodes.queries.items import ItemRow

_DIGESTS = r"""
select n.generation_desired, d.tenant_id, d.digest from nodes n left join lateral (
  select i.tenant_id, encode(sha256(string_agg(
    convert_to(i.kind, 'UTF8') || '\x00'::bytea || convert_to(i.key, 'UTF8') || '\x00'::bytea
      || convert_to(encode(sha256(i.payload), 'hex'), 'UTF8'),
    ''::bytea order by i.kind collate "C", i.key collate "C"
  )), 'hex') as digest
  from node_items i where i.node_id = n.id and i.payload is not null group by i.tenant_id
) d on true
where n.id = $1"""

_NOTE = """
with before as (select id, name, drifted_at from nodes where id = $1 for no key update)
update nodes n set drifted_at = $2, drifts = (
  select coalesce(jsonb_agg(newest.drift order by newest.place), '[]') from (
    select e.drift, e.place from jsonb_array_elements($3::jsonb || n.drifts) with ordinality as e (drift, place)
    order by e.place limit $4
  ) newest
)
from before b where n.id = b.id
returning b.name, b.drifted_at is null or b.drifted_at < $5 as is_news"""


class Desired(msgspec.Struct, frozen=True):
    """What a node should have, at one moment."""

    generation: int
    digests: dict[UUID | None, str]
    """By tenant; None for the node's own."""


class Noted(msgspec.Struct, frozen=True):
    """Where drift was written down."""

    name: str
    is_news: bool
    """Nothing was found there for a while."""


async def desired(connection: Connection, node_id: UUID) -> Desired:
    """Compute the digest of what the node should have, of each tenant."""
    rows = await connection.fetch(_DIGESTS, node_id)
    generation = rows[0]["generation_desired"] if rows else 0
    return Desired(generation, {row["tenant_id"]: row["digest"] for row in rows if row["digest"] is not None})


async def items_of(connection: Connection, node_id: NodeId, tenant_id: UUID | None) -> list[ItemRow]:
    """List all that the node should have of a tenant, or of its own."""
    rows = await connection.fetch(
        """select generation, kind, key, tenant_id, payload from node_items
           where node_id = $1 and tenant_id is not distinct from $2 and payload is not null order by kind, key""",
        node_id,
        tenant_id,
    )
    return [ItemRow(*row.values()) for row in rows]


async def placed(connection: Connection, node_id: NodeId, tenant_ids: Sequence[UUID]) -> set[UUID]:
    """Keep those tenants that the node knows."""
    rows = await connection.fetch(
        "select tenant_id from placements where node_id = $1 and tenant_id = any ($2)", node_id, tenant_ids
    )
    return {row["tenant_id"] for row in rows}


async def note(
    connection: Connection, node_id: NodeId, now: datetime, drifts: str, *, most: int, quiet: timedelta
) -> Noted | None:
    """Put drifts (JSON) before those that are known of the node, and keep the newest."""
    row = await connection.fetchrow(_NOTE, node_id, now, drifts, most, now - quiet)
    return Noted(*row.values()) if row else None


async def drifts(connection: Connection, node_id: UUID) -> str:
    """Give what was found changed on a node, newest first (JSON)."""
    found: str | None = await connection.fetchval("select drifts from nodes where id = $1", node_id)
    return found or "[]"
