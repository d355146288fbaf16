"""Send a node all items of a tenant that it was told about only now; safe to repeat, and a sweep repeats it.

The node's row is locked before the items are read: what changes meanwhile is published
after this, in a later generation.
"""

from control_plane.certificates import service as certificates
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.ids import NodeId, TenantId
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service as mail_domains
from control_plane.mailboxes import service as mailboxes
from control_plane.nodes import service


async def fill(db: Database, vault: Vault, clock: Clock, node_id: NodeId | None = None) -> int:
    """Fill what is not filled yet, of one node or of all; gives how many placements that were."""
    filled = 0
    while placements := await service.unfilled_placements(db, node_id):
        for tenant_id, unfilled_node in placements:
            await _fill_one(db, vault, tenant_id, unfilled_node)
            await service.mark_filled(db, tenant_id, unfilled_node, clock)
        filled += len(placements)
    return filled


async def _fill_one(db: Database, vault: Vault, tenant_id: TenantId, node_id: NodeId) -> None:
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await service.hold_still(tx, tenant_id)
            await mail_domains.publish_all(tx, vault, only_node=node_id)
            await mailboxes.publish_all(tx, only_node=node_id)
            await certificates.publish_all(tx, vault, only_node=node_id)
