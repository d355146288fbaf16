"""The SQL of an account's members; inside `tenant_tx`."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def page(tx: Transaction, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Find members, in the order of their ids."""
    return await tx.connection.fetch(
        """select u.id, u.email, u.name, m.role, m.created_at as joined_at
           from memberships m join users u on u.id = m.user_id
           where m.tenant_id = app_tenant() and ($1::uuid is null or u.id > $1) order by u.id limit $2""",
        after,
        limit,
    )


async def find(tx: Transaction, user_id: UUID) -> asyncpg.Record | None:
    """Find a member and lock their membership."""
    return await tx.connection.fetchrow(
        """select u.id, u.email, u.name, m.role, m.created_at as joined_at
           from memberships m join users u on u.id = m.user_id
           where m.tenant_id = app_tenant() and u.id = $1 for update of m""",
        user_id,
    )


async def owners(tx: Transaction) -> list[UUID]:
    """Find all owners and lock their memberships, so that two of them do not leave at once."""
    rows = await tx.connection.fetch(
        """select user_id from memberships where tenant_id = app_tenant() and role = 'owner'
           order by user_id for update"""
    )
    return [row["user_id"] for row in rows]


async def save_role(tx: Transaction, user_id: UUID, role: str) -> None:
    """Change a member's role."""
    await tx.connection.execute(
        "update memberships set role = $2 where tenant_id = app_tenant() and user_id = $1", user_id, role
    )


async def delete(tx: Transaction, user_id: UUID) -> None:
    """End a membership."""
    await tx.connection.execute("delete from memberships where tenant_id = app_tenant() and user_id = $1", user_id)


async def is_member(tx: Transaction, tenant_id: UUID, email: str) -> bool:
    """Say whether an address belongs to a member, as either role."""
    found: bool = await tx.connection.fetchval(
        """select exists (select from memberships m join users u on u.id = m.user_id
                          where m.tenant_id = $1 and u.email = $2)""",
        tenant_id,
        email,
    )
    return found
