"""The SQL of API keys."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def key(tx: Transaction, key_id: UUID) -> asyncpg.Record:
    """Find a key of the bound tenant."""
    row = await tx.connection.fetchrow(
        "select name, created_at, expires_at, scopes from api_keys where tenant_id = app_tenant() and id = $1", key_id
    )
    assert row is not None, "a key that was authenticated exists"
    return row
