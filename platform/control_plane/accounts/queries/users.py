"""The SQL of people."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def user_by_email(tx: Transaction, email: str) -> asyncpg.Record | None:
    """Find a user by their address in lower case."""
    return await tx.connection.fetchrow("select * from find_user($1)", email)


async def insert_user(tx: Transaction, user_id: UUID, email: str, name: str, password_hash: str) -> None:
    """Store a user, as the fleet role."""
    await tx.connection.execute(
        "insert into users (id, email, name, password_hash) values ($1, $2, $3, $4)",
        user_id,
        email,
        name,
        password_hash,
    )
