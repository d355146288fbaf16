"""Make tenants and find them."""

from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.nodes import service as nodes


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant is made of."""

    kind: str
    name: str
    slug: str
    parent_id: UUID | None = None


async def create(tx: Transaction, new: NewTenant) -> TenantId:
    """Make a tenant and place it on the nodes, as the fleet role."""
    tenant_id = TenantId(ids.new_uuid())
    await tx.connection.execute(
        "insert into tenants (id, parent_id, kind, name, slug) values ($1, $2, $3, $4, $5)",
        tenant_id,
        new.parent_id,
        new.kind,
        new.name,
        new.slug,
    )
    await nodes.place_tenant(tx, tenant_id)
    return tenant_id


async def find_by_slug(tx: Transaction, slug: str) -> TenantId | None:
    """Find a tenant by its slug, as the fleet role."""
    found: UUID | None = await tx.connection.fetchval("select id from tenants where slug = $1", slug)
    return None if found is None else TenantId(found)
