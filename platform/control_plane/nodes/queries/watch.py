"""The SQL of how nodes are (fleet role)."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def all_of(tx: Transaction) -> list[asyncpg.Record]:
    """Give each node's last word and how many items it refused."""
    return await tx.connection.fetch(
        """select n.id, n.heartbeat, coalesce(q.items, 0) as quarantined
           from nodes n left join (
             select node_id, count(*) as items from node_items where quarantined is not null group by node_id
           ) q on q.node_id = n.id"""
    )


async def quarantined(tx: Transaction, node_id: UUID, limit: int) -> list[asyncpg.Record]:
    """Give the items that a node refused."""
    return await tx.connection.fetch(
        """select i.kind, i.key, i.tenant_id, coalesce(t.name, '') as tenant_name, i.quarantined
           from node_items i left join tenants t on t.id = i.tenant_id
           where i.node_id = $1 and i.quarantined is not null order by i.generation desc, i.kind, i.key limit $2""",
        node_id,
        limit,
    )
