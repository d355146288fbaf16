"""Which nodes know which tenants. For now every tenant is placed on every node; a fleet of thousands will choose."""

from collections.abc import Collection
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.nodes.queries import placements as queries


async def place_tenant(tx: Transaction, tenant_id: UUID) -> None:
    """Place a new tenant, which has no items yet, on every node (fleet role)."""
    await queries.place_tenant(tx.connection, tenant_id)


async def place_everywhere(tx: Transaction) -> None:
    """Place every tenant on every node, where that is missing (fleet role); the new placements are to be filled."""
    await queries.place_missing(tx.connection)


async def unfilled_placements(db: Database, node_id: NodeId | None = None) -> list[tuple[TenantId, NodeId]]:
    """List placements whose items the node was not yet sent, of one node or all."""
    async with db.fleet_tx() as tx:
        return await queries.unfilled(tx.connection, node_id)


async def mark_empty_filled(
    tx: Transaction, holders: Collection[TenantId], node_id: NodeId | None, clock: Clock
) -> None:
    """Note that there was nothing to publish of anybody but these, on one node or all (fleet role)."""
    await queries.mark_empty_filled(tx.connection, holders, node_id, clock.now())


async def mark_filled(db: Database, tenant_id: TenantId, node_id: NodeId, clock: Clock) -> None:
    """Note that a placement's items were published."""
    async with db.fleet_tx() as tx:
        await queries.mark_filled(tx.connection, tenant_id, node_id, clock.now())


async def mailbox_node(tx: Transaction) -> NodeId | None:
    """Choose the node that stores the bound tenant's mailboxes (app role)."""
    return await queries.mailbox_node(tx.connection, bound_tenant())
