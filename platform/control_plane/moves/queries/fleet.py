"""The SQL of nodes as moves see them (fleet role)."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.moves.fleet import Busy, MoveNode

_NODES = """
select n.id, n.name, n.status, n.draining_since is not null as is_drained, 'mailbox' = any (n.roles) as keeps_mailboxes,
  n.fleet_certificate is not null as is_known, case when $2 then
    (select count(*) from mailboxes m where m.node_id = n.id)
    + (select count(*) from moves m where m.target_id = n.id and m.status in ('copying', 'final')) else 0 end
    as mailboxes,
  (n.heartbeat ->> 'disk_free_bytes')::bigint as disk_free_bytes,
  (n.heartbeat ->> 'disk_total_bytes')::bigint as disk_total_bytes
from nodes n where case when $1::uuid[] is null then n.status <> 'retired' else n.id = any ($1) end"""

_BUSY = """
select b.node_id, count(*) as moves, count(*) filter (where b.is_final) as finals from (
  select source_id as node_id, status = 'final' as is_final from moves where status in ('copying', 'final')
  union all
  select target_id, false from moves where status in ('copying', 'final')
) b where $1::uuid[] is null or b.node_id = any ($1) group by b.node_id"""


class Named(msgspec.Struct, frozen=True):
    """A node that was named."""

    id: UUID
    name: str


async def nodes_of(connection: Connection, node_ids: Collection[UUID] | None, *, counted: bool) -> list[MoveNode]:
    """Give some nodes, or all that are not retired; the mailboxes of each are counted only on demand."""
    rows = await connection.fetch(_NODES, None if node_ids is None else list(node_ids), counted)
    return [MoveNode(**row) for row in rows]


async def busy(connection: Connection, node_ids: Collection[UUID] | None) -> dict[UUID, Busy]:
    """Count what is under way on nodes."""
    rows = await connection.fetch(_BUSY, None if node_ids is None else list(node_ids))
    return {row["node_id"]: Busy(row["moves"], row["finals"]) for row in rows}


async def named(connection: Connection, name: str, node_id: UUID | None) -> Named | None:
    """Find a node by its id or else its name; retired ones have none any more."""
    row = await connection.fetchrow(
        """select id, name from nodes
           where status <> 'retired' and case when $2::uuid is null then name = $1 else id = $2 end""",
        name,
        node_id,
    )
    return None if row is None else Named(**row)
