"""The SQL of access grants: as the app role for the bound tenant, whose grants they are."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.accounts.schemas import Role
from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.tenants.schemas import Kind

_GRANTS = """
select above.id, above.name, above.kind, g.role, g.created_at
from tenant_grants g join ancestors() above on above.id = g.grantee_id
where g.tenant_id = $1 and ($2::uuid is null or g.grantee_id = $2) order by above.depth desc"""


class GrantRow(msgspec.Struct, frozen=True):
    """A grant with who has it."""

    grantee_id: UUID
    name: str
    kind: Kind
    role: Role
    created_at: datetime


class AncestorRow(msgspec.Struct, frozen=True):
    """Somebody above the bound tenant."""

    id: UUID
    name: str
    kind: Kind


async def grants(connection: Connection, grantee_id: UUID | None = None) -> list[GrantRow]:
    """List the bound tenant's grants, the nearest provider's first; or the one of one provider."""
    rows = await connection.fetch(_GRANTS, bound_tenant(), grantee_id)
    return [GrantRow(*row.values()) for row in rows]


async def lock(connection: Connection, grantee_id: UUID) -> None:
    """Let nobody else change a grant until this transaction ends."""
    await connection.execute(
        "select from tenant_grants where tenant_id = $1 and grantee_id = $2 for no key update",
        bound_tenant(),
        grantee_id,
    )


async def ancestors(connection: Connection) -> list[AncestorRow]:
    """List who stands above the bound tenant, nearest first."""
    rows = await connection.fetch("select id, name, kind from ancestors()")
    return [AncestorRow(*row.values()) for row in rows]


async def insert(connection: Connection, tenant_id: UUID, grantee_id: UUID, role: Role) -> None:
    """Store a grant: for the bound tenant, or as the fleet role for any."""
    await connection.execute(
        "insert into tenant_grants (tenant_id, grantee_id, role) values ($1, $2, $3)", tenant_id, grantee_id, role
    )


async def set_role(connection: Connection, grantee_id: UUID, role: Role) -> None:
    """Change what a provider's people may do."""
    await connection.execute(
        "update tenant_grants set role = $3 where tenant_id = $1 and grantee_id = $2", bound_tenant(), grantee_id, role
    )


async def delete(connection: Connection, grantee_id: UUID) -> None:
    """End a grant."""
    await connection.execute(
        "delete from tenant_grants where tenant_id = $1 and grantee_id = $2", bound_tenant(), grantee_id
    )
