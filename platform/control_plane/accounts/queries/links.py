"""The SQL of mailed links (fleet role)."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from control_plane.core.crypto import Credential
from control_plane.core.database import Transaction

_KEPT = timedelta(days=1)


async def insert(
    tx: Transaction,
    link_id: UUID,
    credential: Credential,
    purpose: str,
    email: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Store a link, and forget what has been over for long."""
    await tx.connection.execute("delete from links where expires_at < $1", now - _KEPT)
    await tx.connection.execute(
        """insert into links (id, lookup, secret_hash, purpose, email, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        link_id,
        credential.lookup,
        credential.hash,
        purpose,
        email,
        now,
        expires_at,
    )


async def find(tx: Transaction, lookup: str, now: datetime) -> asyncpg.Record | None:
    """Find a link that is good and keep others off it."""
    return await tx.connection.fetchrow(
        "select id, secret_hash, purpose, email from links where lookup = $1 and expires_at > $2 for update",
        lookup,
        now,
    )


async def delete(tx: Transaction, link_id: UUID) -> None:
    """Use a link up."""
    await tx.connection.execute("delete from links where id = $1", link_id)


async def delete_all_of(tx: Transaction, email: str) -> None:
    """Use up all links of an address."""
    await tx.connection.execute("delete from links where email = $1", email)
