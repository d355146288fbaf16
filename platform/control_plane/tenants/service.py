"""Make tenants and read the bound one."""

from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant is made of."""

    kind: str
    name: str
    slug: str
    parent_id: UUID | None = None


async def create(tx: Transaction, new: NewTenant) -> TenantId:
    """Make a tenant, as the fleet role."""
    tenant_id = TenantId(ids.new_uuid())
    await tx.connection.execute(
        "insert into tenants (id, parent_id, kind, name, slug) values ($1, $2, $3, $4, $5)",
        tenant_id,
        new.parent_id,
        new.kind,
        new.name,
        new.slug,
    )
    return tenant_id


async def find_by_slug(tx: Transaction, slug: str) -> TenantId | None:
    """Find a tenant by its slug, as the fleet role."""
    found: UUID | None = await tx.connection.fetchval("select id from tenants where slug = $1", slug)
    return None if found is None else TenantId(found)


async def name_of(tx: Transaction, tenant_id: UUID) -> str:
    """Give a tenant's name."""
    name: str = await tx.connection.fetchval("select name from tenants where id = $1", tenant_id)
    return name
