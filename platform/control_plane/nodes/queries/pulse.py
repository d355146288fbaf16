"""The SQL of one look at everything that the connected nodes of a process wait for (fleet role)."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId

_POOLS = """
select p.pool_id, p.node_ids, exists (
  select from turns t where t.pool_id = p.pool_id and t.waiting
) as waits
from (
  select i.pool_id, array_agg(distinct i.node_id) as node_ids from ips i where i.node_id = any ($1) group by i.pool_id
) p"""


async def generations(connection: Connection, node_ids: Sequence[NodeId]) -> dict[NodeId, int]:
    """Read the generations that nodes should be at."""
    rows = await connection.fetch("select id, generation_desired from nodes where id = any ($1)", node_ids)
    return {NodeId(row["id"]): row["generation_desired"] for row in rows}


async def pools(connection: Connection, node_ids: Sequence[NodeId]) -> list[tuple[UUID, list[NodeId], bool]]:
    """Give the pools that nodes have addresses of, which of the nodes those are, and whether anything waits there."""
    rows: list[asyncpg.Record] = await connection.fetch(_POOLS, node_ids)
    return [(row["pool_id"], row["node_ids"], row["waits"]) for row in rows]
