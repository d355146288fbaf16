"""Which version of the rules a node is to have: the one in force, or another while that is rolled out to it."""

from collections.abc import Sequence

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId
from control_plane.shaping.queries import versions as queries
from control_plane.shaping.service.versions import rules_of
from tenant_agent import wire


async def item_for(tx: Transaction, node_id: NodeId) -> wire.ShapingItem:
    """Give what a node is to have; it stays so until the transaction ends (fleet role)."""
    await queries.lock(tx.connection, shared=True)
    number, release = await queries.assigned(tx.connection, node_id)
    return (await rules_of(tx, number)).as_item(release)


async def assign(tx: Transaction, node_ids: Sequence[NodeId], number: int, release: str) -> None:
    """Let nodes have a version of their own; whoever calls publishes it to them (fleet role)."""
    await queries.lock(tx.connection)
    for node_id in node_ids:
        await queries.pin(tx.connection, node_id, number, release)


async def unassign(tx: Transaction, node_ids: Sequence[NodeId]) -> None:
    """Let nodes have the version in force again; whoever calls publishes it to them (fleet role)."""
    await queries.lock(tx.connection)
    await queries.unpin(tx.connection, node_ids)


async def put_in_force(tx: Transaction, number: int, release: str) -> None:
    """Put a version in force for all, also those that had it already; nobody is told yet (fleet role)."""
    await queries.lock(tx.connection)
    await queries.put_in_force(tx.connection, number, release)
    await queries.unpin_all(tx.connection)
