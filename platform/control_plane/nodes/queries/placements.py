"""The SQL of which nodes know which tenants (fleet role unless it says otherwise)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId, TenantId


async def place_tenant(connection: Connection, tenant_id: UUID) -> None:
    """Place a tenant that has no items yet on every node."""
    await connection.execute(
        """insert into placements (tenant_id, node_id, filled_at)
           select $1, n.id, now() from nodes n where n.status <> 'retired' on conflict do nothing""",
        tenant_id,
    )


async def place_missing(connection: Connection) -> None:
    """Place every tenant on every node, where that is missing."""
    await connection.execute(
        """insert into placements (tenant_id, node_id)
           select t.id, n.id from tenants t cross join nodes n
           where n.status <> 'retired'
             and not exists (select from placements p where p.tenant_id = t.id and p.node_id = n.id)
           on conflict do nothing"""
    )


async def fill_again(connection: Connection, node_id: UUID) -> None:
    """Note that a node is to be sent what all tenants have, once more."""
    await connection.execute("update placements set filled_at = null where node_id = $1", node_id)


async def unfilled(connection: Connection, node_id: UUID | None) -> list[tuple[TenantId, NodeId]]:
    """List the placements whose items were not published yet."""
    rows = await connection.fetch(
        """select tenant_id, node_id from placements
           where filled_at is null and ($1::uuid is null or node_id = $1) order by node_id, tenant_id limit 1000""",
        node_id,
    )
    return [(row["tenant_id"], row["node_id"]) for row in rows]


async def mark_empty_filled(
    connection: Connection, holders: Collection[UUID], node_id: UUID | None, now: datetime
) -> None:
    """Note that the placements of all other tenants had nothing to publish."""
    await connection.execute(
        """update placements set filled_at = $3
           where filled_at is null and ($2::uuid is null or node_id = $2) and tenant_id <> all ($1)""",
        list(holders),
        node_id,
        now,
    )


async def mark_filled(connection: Connection, tenant_id: UUID, node_id: UUID, now: datetime) -> None:
    """Note that a placement's items were published."""
    await connection.execute(
        "update placements set filled_at = $3 where tenant_id = $1 and node_id = $2", tenant_id, node_id, now
    )


async def mailbox_node(connection: Connection, tenant_id: UUID) -> NodeId | None:
    """Choose where a tenant's mailboxes are stored (app role)."""
    found: NodeId | None = await connection.fetchval("select mailbox_node($1)", tenant_id)
    return found
