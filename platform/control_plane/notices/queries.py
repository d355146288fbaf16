"""The SQL of notices."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def insert(
    tx: Transaction,
    notice_id: UUID,
    recipient: str,
    notice: str,
    language: str | None,
    about: UUID | None,
    expires_at: datetime,
) -> None:
    """Store a notice, as either role; `notice` is JSON."""
    await tx.connection.execute(
        """insert into notices (id, recipient, notice, language, about_tenant_id, expires_at)
           values ($1, $2, $3::jsonb, $4, $5, $6)""",
        notice_id,
        recipient,
        notice,
        language,
        about,
        expires_at,
    )


async def take(tx: Transaction, notice_id: UUID, now: datetime) -> asyncpg.Record | None:
    """Find a notice that is due and keep others off it, with the language to write it in (fleet role)."""
    return await tx.connection.fetchrow(
        """select n.recipient, n.notice::text, n.expires_at, n.tries, n.about_tenant_id,
                  coalesce(n.language, u.locale, t.locale, 'en') as language
           from notices n left join users u on u.email = n.recipient left join tenants t on t.id = n.about_tenant_id
           where n.id = $1 and n.next_try_at <= $2 for update of n skip locked""",
        notice_id,
        now,
    )


async def due(tx: Transaction, now: datetime, most: int) -> list[UUID]:
    """Find what is to be sent (fleet role)."""
    rows = await tx.connection.fetch(
        "select id from notices where next_try_at <= $1 order by next_try_at limit $2", now, most
    )
    return [row["id"] for row in rows]


async def put_off(tx: Transaction, notice_id: UUID, until: datetime) -> None:
    """Try again later (fleet role)."""
    await tx.connection.execute(
        "update notices set tries = tries + 1, next_try_at = $2 where id = $1", notice_id, until
    )


async def delete(tx: Transaction, notice_id: UUID) -> None:
    """Forget a notice that was accepted as a message, or came too late (fleet role)."""
    await tx.connection.execute("delete from notices where id = $1", notice_id)


async def operator(tx: Transaction) -> UUID | None:
    """Find the tenant that the platform writes as: the operator at the root (fleet role)."""
    found: UUID | None = await tx.connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found


async def in_charge(tx: Transaction) -> list[str]:
    """Give the addresses of the bound tenant's owners and admins."""
    rows = await tx.connection.fetch(
        """select u.email from memberships m join users u on u.id = m.user_id
           where m.tenant_id = app_tenant() and m.role in ('owner', 'admin') order by u.email"""
    )
    return [row["email"] for row in rows]
