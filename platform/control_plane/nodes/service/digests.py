"""Whether a node has what it should have, tenant by tenant, and all of a tenant's items where it has not."""

from uuid import UUID

from control_plane.core.database import Database
from control_plane.core.ids import MalformedId, NodeId, decode, encode
from control_plane.nodes.queries import digests as queries
from tenant_agent import wire

_OWN = ""
_TENANT = "ten"


async def differing(db: Database, node_id: NodeId, said: wire.Digests) -> tuple[str, ...] | None:
    """Name the tenants of which the node has something else; None if it speaks of another moment than we see now.

    A name that is none of ours is among them too: the node has items that are nobody's.
    """
    async with db.fleet_tx() as tx:
        desired = await queries.desired(tx.connection, node_id)
    if said.generation != desired.generation:
        return None
    ours = {_name(tenant_id): digest for tenant_id, digest in desired.digests.items()}
    return tuple(sorted(name for name in ours.keys() | said.digests.keys() if ours.get(name) != said.digests.get(name)))


async def items_of(db: Database, node_id: NodeId, tenant: str) -> tuple[wire.Change, ...]:
    """Give all that the node should have of a tenant, the empty name being its own; of a name that is none, nothing."""
    try:
        tenant_id = decode(_TENANT, tenant) if tenant else None
    except MalformedId:
        return ()
    async with db.fleet_tx() as tx:
        rows = await queries.items_of(tx.connection, node_id, tenant_id)
    return tuple(wire.Change(kind=row.kind, key=row.key, tenant_id=tenant or None, payload=row.payload) for row in rows)


def _name(tenant_id: UUID | None) -> str:
    return _OWN if tenant_id is None else encode(_TENANT, tenant_id)
