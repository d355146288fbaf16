"""What tenants say to measures, and what they are answered."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_APPEALS = "select tenant_id, id, status, cause, changed, answer, created_at, answered_at from appeals"


async def insert(
    connection: Connection, tenant_id: UUID, appeal_id: UUID, cause: str, changed: str, now: datetime
) -> None:
    """Store a new appeal (app role)."""
    await connection.execute(
        "insert into appeals (tenant_id, id, cause, changed, created_at) values ($1, $2, $3, $4, $5)",
        tenant_id,
        appeal_id,
        cause,
        changed,
        now,
    )


async def last(connection: Connection, tenant_id: UUID) -> asyncpg.Record | None:
    """Find a tenant's newest appeal."""
    return await connection.fetchrow(_APPEALS + " where tenant_id = $1 order by id desc limit 1", tenant_id)


async def page(connection: Connection, tenant_id: UUID, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """List a tenant's appeals, newest first."""
    return await connection.fetch(
        _APPEALS + " where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
        tenant_id,
        after,
        limit,
    )


async def open_ones(connection: Connection, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """List everybody's that wait for an answer, the oldest first, with the tenants' names (fleet role)."""
    return await connection.fetch(
        """select a.tenant_id, a.id, a.status, a.cause, a.changed, a.answer, a.created_at, a.answered_at, t.name
           from appeals a join tenants t on t.id = a.tenant_id
           where a.status = 'open' and t.erased_at is null and ($1::uuid is null or a.id > $1)
           order by a.id limit $2""",
        after,
        limit,
    )


async def lock(connection: Connection, appeal_id: UUID) -> asyncpg.Record | None:
    """Find an appeal, and keep others from answering it (fleet role)."""
    return await connection.fetchrow(_APPEALS + " where id = $1 for update", appeal_id)


async def answer(
    connection: Connection, tenant_id: UUID, appeal_id: UUID, status: str, text: str, now: datetime
) -> asyncpg.Record | None:
    """Store the answer (fleet role); gives the appeal."""
    return await connection.fetchrow(
        """update appeals set status = $3, answer = $4, answered_at = $5 where tenant_id = $1 and id = $2
           returning tenant_id, id, status, cause, changed, answer, created_at, answered_at""",
        tenant_id,
        appeal_id,
        status,
        text,
        now,
    )


async def find(connection: Connection, appeal_id: UUID) -> asyncpg.Record | None:
    """Find an appeal (fleet role)."""
    return await connection.fetchrow(_APPEALS + " where id = $1", appeal_id)
