"""Reading files again: for their tenant, and for nodes that are to send them."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.blobs import queries
from control_plane.core.blobs import BlobGone, Blobs, StoredBlob
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId
from control_plane.core.tenancy import bound_tenant


async def find(tx: Transaction, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, StoredBlob]:
    """Find a tenant's files; raises `BlobGone` if one is not there."""
    found = await queries.find(tx.connection, tenant_id, ids) if ids else {}
    if len(found) < len(set(ids)):
        raise BlobGone
    return found


async def page(tx: Transaction, after: UUID, limit: int) -> list[StoredBlob]:
    """List the bound tenant's files in the order of their ids."""
    return await queries.page(tx.connection, bound_tenant(), after, limit)


async def whole(blobs: Blobs, blob: StoredBlob) -> bytes:
    """Give all of a file's bytes; raises `BlobGone`, `StoreAway`."""
    return b"".join([some async for some in blobs.get(blob)])


async def give_to_node(
    db: Database, node_id: NodeId, tenant_id: UUID, message_id: UUID, blob_id: UUID
) -> StoredBlob | None:
    """Find a file for a node: of a message that it was offered and has not queued yet, and of no other."""
    async with db.fleet_tx() as tx:
        return await queries.offered(tx.connection, node_id, tenant_id, message_id, blob_id)
