"""The SQL of submitted mail (fleet role)."""

from typing import NamedTuple
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, TenantId, encode
from control_plane.core.sandbox import Mode


class Key(NamedTuple):
    """Whose a key is, and what it may write as; no domains: as all of its tenant's."""

    tenant_id: TenantId
    allowed_domains: tuple[str, ...]
    mode: Mode


async def key(tx: Transaction, node_id: NodeId, key_id: UUID) -> Key | None:
    """Find a key that a node knows, or did: what it took by then is still to be handed up."""
    row = await tx.connection.fetchrow(
        """select k.tenant_id, k.allowed_domains, k.mode
           from node_items i join api_keys k on k.tenant_id = i.tenant_id and k.id = $3
           join tenants t on t.id = k.tenant_id
           where i.node_id = $1 and i.kind = 'smtp_key' and i.key = $2 and t.erased_at is null
             and session_user = 'fleetpost_fleet'""",
        node_id,
        encode("key", key_id),
        key_id,
    )
    return None if row is None else Key(TenantId(row["tenant_id"]), tuple(row["allowed_domains"]), row["mode"])
