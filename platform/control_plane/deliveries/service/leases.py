"""Leases after the offer. Offered, a batch comes back by itself when it expires, or at once when the node is lost.

Taken, it stays the node's, because only the node knows what it has already handed to its Postfix: until it reports,
gives it back, or an operator gives the node up.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId
from control_plane.deliveries.queries import leases as queries
from control_plane.deliveries.service.waiting import wait_again

_LEASE_KEPT = timedelta(days=14)
"""Longer than Postfix tries (5 days) and its last events may take to get here (7 days)."""
_MOST_FORGOTTEN = 5000


async def take(db: Database, node_id: NodeId, lease_id: str) -> bool:
    """Make an offered lease the node's; no if it has expired or is another's. Asked again, the answer stays."""
    try:
        lease = UUID(lease_id)
    except ValueError:
        return False
    async with db.fleet_tx() as tx:
        return await queries.take(tx.connection, lease, node_id)


async def release_expired(db: Database) -> None:
    """Take back what was offered and not taken in time, or to a node that is lost, and call for other nodes."""
    async with db.fleet_tx() as tx:
        await wait_again(tx, await queries.release_expired(tx.connection))


async def put_back_in_line(db: Database, lease_id: str, delivery_ids: Sequence[UUID]) -> None:
    """Take back some of what was just leased, because it does not fit into the offer."""
    async with db.fleet_tx() as tx:
        await wait_again(tx, await queries.release_some(tx.connection, UUID(lease_id), delivery_ids))


async def release_of(tx: Transaction, node_id: UUID) -> int:
    """Give to others what a node had taken and did not report as queued; gives how many deliveries (fleet role).

    It may have sent some of them: those go out twice. That is for a person to decide, and to be recorded by the caller.
    Its events of what it did queue are still taken.
    """
    turns = await queries.release_of(tx.connection, node_id)
    await wait_again(tx, turns)
    return len(turns)


async def in_doubt(tx: Transaction) -> dict[NodeId, int]:
    """Count for each node what it has taken and not yet reported as queued (fleet role)."""
    return await queries.in_doubt(tx.connection)


async def forget_leases(db: Database) -> None:
    """Delete leases of which nothing can be reported any more, some thousand per transaction."""
    forgotten = _MOST_FORGOTTEN
    while forgotten == _MOST_FORGOTTEN:
        async with db.fleet_tx() as tx:
            forgotten = await queries.forget_leases(tx.connection, _LEASE_KEPT, _MOST_FORGOTTEN)
