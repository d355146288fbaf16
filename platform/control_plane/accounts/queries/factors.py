"""The SQL of second factors; inside `user_tx`, where only the bound person's are seen."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction


async def has_any(tx: Transaction) -> bool:
    """Say whether the person has a confirmed authenticator app or a passkey."""
    found: bool = await tx.connection.fetchval(
        """select exists (select from totp_secrets where user_id = app_user() and confirmed_at is not null)
               or exists (select from passkeys where user_id = app_user())"""
    )
    return found


async def totp(tx: Transaction) -> asyncpg.Record | None:
    """Find the person's TOTP secret, confirmed or not."""
    return await tx.connection.fetchrow(
        "select secret, confirmed_at, last_step from totp_secrets where user_id = app_user()"
    )


async def propose_totp(tx: Transaction, sealed: bytes) -> None:
    """Keep a new secret that is not confirmed yet, in place of another such one; a confirmed one stays."""
    await tx.connection.execute(
        """insert into totp_secrets (user_id, secret) values (app_user(), $1)
           on conflict (user_id) do update set secret = excluded.secret, created_at = now()
           where totp_secrets.confirmed_at is null""",
        sealed,
    )


async def use_step(tx: Transaction, step: int) -> bool:
    """Use up the 30 seconds of a code; False when a code of then or later was used already."""
    used: int | None = await tx.connection.fetchval(
        "update totp_secrets set last_step = $1 where user_id = app_user() and last_step < $1 returning 1", step
    )
    return used is not None


async def confirm_totp(tx: Transaction, at: datetime) -> None:
    """Let the proposed secret count from now on."""
    await tx.connection.execute("update totp_secrets set confirmed_at = $1 where user_id = app_user()", at)


async def delete_totp(tx: Transaction) -> bool:
    """Remove the secret; False when there was none that counts."""
    removed: bool | None = await tx.connection.fetchval(
        "delete from totp_secrets where user_id = app_user() returning confirmed_at is not null"
    )
    return bool(removed)


async def recovery_hashes(tx: Transaction) -> list[bytes]:
    """Find the hashes of the codes that are left."""
    rows = await tx.connection.fetch(
        "select hash from recovery_codes where user_id = app_user() and used_at is null order by hash"
    )
    return [row["hash"] for row in rows]


async def replace_recovery_hashes(tx: Transaction, hashes: list[bytes]) -> None:
    """Keep these codes and no others."""
    await tx.connection.execute("delete from recovery_codes where user_id = app_user()")
    await tx.connection.execute(
        "insert into recovery_codes (user_id, hash) select app_user(), unnest($1::bytea[])", hashes
    )


async def use_recovery_hash(tx: Transaction, hashed: bytes, at: datetime) -> bool:
    """Use up a code; False when somebody was faster."""
    used: int | None = await tx.connection.fetchval(
        """update recovery_codes set used_at = $2
           where user_id = app_user() and hash = $1 and used_at is null returning 1""",
        hashed,
        at,
    )
    return used is not None


async def delete_recovery_codes(tx: Transaction) -> None:
    """Forget all codes, used ones too."""
    await tx.connection.execute("delete from recovery_codes where user_id = app_user()")


async def passkeys(tx: Transaction) -> list[asyncpg.Record]:
    """Find the person's passkeys, the oldest first."""
    return await tx.connection.fetch(
        """select id, name, credential_id, created_at, last_used_at
           from passkeys where user_id = app_user() order by id"""
    )


async def passkey(tx: Transaction, credential_id: bytes) -> asyncpg.Record | None:
    """Find one of the person's passkeys and lock it while its signature is checked."""
    return await tx.connection.fetchrow(
        "select id, public_key, sign_count from passkeys where user_id = app_user() and credential_id = $1 for update",
        credential_id,
    )


async def insert_passkey(
    tx: Transaction, passkey_id: UUID, name: str, credential_id: bytes, public_key: bytes, sign_count: int
) -> None:
    """Store a passkey of the person; raises `UniqueViolationError` when it is known."""
    await tx.connection.execute(
        """insert into passkeys (id, user_id, name, credential_id, public_key, sign_count)
           values ($1, app_user(), $2, $3, $4, $5)""",
        passkey_id,
        name,
        credential_id,
        public_key,
        sign_count,
    )


async def use_passkey(tx: Transaction, passkey_id: UUID, sign_count: int, at: datetime) -> None:
    """Note that a passkey was used."""
    await tx.connection.execute(
        "update passkeys set sign_count = $2, last_used_at = $3 where user_id = app_user() and id = $1",
        passkey_id,
        sign_count,
        at,
    )


async def delete_passkey(tx: Transaction, passkey_id: UUID) -> str | None:
    """Remove a passkey; gives its name, None when there was none."""
    name: str | None = await tx.connection.fetchval(
        "delete from passkeys where user_id = app_user() and id = $1 returning name", passkey_id
    )
    return name


async def owner_of_passkey(tx: Transaction, credential_id: bytes) -> asyncpg.Record | None:
    """Find whose passkey this is, before anybody is known."""
    return await tx.connection.fetchrow("select user_id, email, name from find_passkey($1)", credential_id)
