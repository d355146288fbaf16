"""The SQL of people."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def user_by_email(tx: Transaction, email: str) -> asyncpg.Record | None:
    """Find a user by their address in lower case."""
    return await tx.connection.fetchrow("select * from find_user($1)", email)


async def insert_user(tx: Transaction, user_id: UUID, email: str, name: str, password_hash: str | None) -> None:
    """Store a user, as the fleet role."""
    await tx.connection.execute(
        "insert into users (id, email, name, password_hash) values ($1, $2, $3, $4)",
        user_id,
        email,
        name,
        password_hash,
    )


async def verify_email(tx: Transaction, user_id: UUID, at: datetime) -> None:
    """Note that a person proved their address (fleet role)."""
    await tx.connection.execute(
        "update users set email_verified_at = coalesce(email_verified_at, $2) where id = $1", user_id, at
    )


async def save_password(tx: Transaction, user_id: UUID, password_hash: str, at: datetime) -> None:
    """Give a person a password: the fleet role anybody, the application role the bound person."""
    await tx.connection.execute(
        "update users set password_hash = $2, password_changed_at = $3 where id = $1", user_id, password_hash, at
    )


async def rehash_password(tx: Transaction, user_id: UUID, password_hash: str) -> None:
    """Keep the bound person's same password in another form."""
    await tx.connection.execute("update users set password_hash = $2 where id = $1", user_id, password_hash)


async def save_profile(tx: Transaction, user_id: UUID, name: str, locale: str | None) -> None:
    """Change the bound person's name and language."""
    await tx.connection.execute("update users set name = $2, locale = $3 where id = $1", user_id, name, locale)


async def note_placeless(tx: Transaction, now: datetime) -> None:
    """Note who has no place since now, and who has one again (fleet role)."""
    await tx.connection.execute(
        """update users u set placeless_since = case when u.placeless_since is null then $1::timestamptz end
           where exists (select from memberships m where m.user_id = u.id) = (u.placeless_since is not null)""",
        now,
    )


async def delete_placeless(tx: Transaction, since: datetime) -> int:
    """Delete who has had no place since a moment, with all that is theirs alone (fleet role); gives how many."""
    rows = await tx.connection.fetch(
        """delete from users u where u.placeless_since <= $1
           and not exists (select from memberships m where m.user_id = u.id) returning 1""",
        since,
    )
    return len(rows)
