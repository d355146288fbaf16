"""The SQL of where people and agencies may be."""

from uuid import UUID

import asyncpg

from control_plane.accounts.schemas import Role
from control_plane.core.database import Transaction


async def memberships(tx: Transaction, user_id: UUID) -> list[asyncpg.Record]:
    """Find where a person belongs, the oldest place first; inside `user_tx`."""
    return await tx.connection.fetch(
        "select tenant_id, role from memberships where user_id = $1 order by created_at, tenant_id", user_id
    )


async def role_in(tx: Transaction, tenant_id: UUID, user_id: UUID) -> Role | None:
    """Find a person's role in a tenant; inside `user_tx`."""
    role: Role | None = await tx.connection.fetchval(
        "select role from memberships where tenant_id = $1 and user_id = $2", tenant_id, user_id
    )
    return role


async def tenant(tx: Transaction) -> asyncpg.Record:
    """Find the bound tenant."""
    row = await tx.connection.fetchrow("select id, name, kind, status from tenants where id = app_tenant()")
    assert row is not None, "a bound tenant exists"
    return row


async def reach(tx: Transaction, client_id: UUID) -> asyncpg.Record | None:
    """Find a client that granted the bound tenant, with the role it gave."""
    return await tx.connection.fetchrow(
        """select t.id, t.name, t.kind, t.status, g.role from tenant_grants g join tenants t on t.id = g.tenant_id
           where g.grantee_id = app_tenant() and g.tenant_id = $1 and t.erased_at is null""",
        client_id,
    )


async def insert_membership(tx: Transaction, tenant_id: UUID, user_id: UUID, role: str) -> None:
    """Store a membership, as the fleet role; who belongs there already keeps their role."""
    await tx.connection.execute(
        """insert into memberships (tenant_id, user_id, role, created_at) values ($1, $2, $3, clock_timestamp())
           on conflict do nothing""",
        tenant_id,
        user_id,
        role,
    )


async def has_members(tx: Transaction, tenant_id: UUID) -> bool:
    """Say whether somebody belongs to a tenant (fleet role)."""
    return bool(await tx.connection.fetchval("select exists (select from memberships where tenant_id = $1)", tenant_id))


async def tenants_of(tx: Transaction, user_id: UUID) -> list[UUID]:
    """Find where a person belongs, in the order that logs are written in (fleet role)."""
    rows = await tx.connection.fetch(
        """select m.tenant_id from memberships m join tenants t on t.id = m.tenant_id
           where m.user_id = $1 and t.erased_at is null order by m.tenant_id""",
        user_id,
    )
    return [row["tenant_id"] for row in rows]


async def root(tx: Transaction) -> UUID | None:
    """Find the operator at the root, below whom new accounts stand (fleet role)."""
    found: UUID | None = await tx.connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found
