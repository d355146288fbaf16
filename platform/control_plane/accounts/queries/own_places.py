"""The SQL of where the bound person may be; inside `user_tx`."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def every(tx: Transaction) -> list[asyncpg.Record]:
    """Find all places: their own first, the oldest first, then clients by name."""
    return await tx.connection.fetch(
        """select tenant_id, name, slug, kind, status, role, through, through_name, granted, provider_only
           from own_places
           order by through is not null, case when through is null then since end, lower(name), tenant_id, through"""
    )


async def at(tx: Transaction, tenant_id: UUID, through: UUID | None) -> asyncpg.Record | None:
    """Find one place, as far as the person still has it."""
    return await tx.connection.fetchrow(
        """select tenant_id, name, slug, kind, status, role, through, through_name, granted, provider_only
           from own_places where tenant_id = $1 and through is not distinct from $2""",
        tenant_id,
        through,
    )


async def person(tx: Transaction) -> asyncpg.Record:
    """Find who the bound person is."""
    row = await tx.connection.fetchrow("select id, email, name, locale from users where id = app_user()")
    assert row is not None, "a bound person exists"
    return row
