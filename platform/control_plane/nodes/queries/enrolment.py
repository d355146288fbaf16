"""The SQL of enrolment tokens and node credentials (fleet role)."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId


class CredentialRow(msgspec.Struct, frozen=True):
    """Whose credential or token it is, and what its secret must hash to."""

    node_id: NodeId
    name: str
    secret_hash: bytes
    is_pending: bool = False
    """It was given out and not used yet."""


async def insert_token(
    connection: Connection, lookup: str, secret_hash: bytes, node_id: UUID, expires: datetime
) -> None:
    """Store an enrolment token."""
    await connection.execute(
        "insert into enrolment_tokens (lookup, secret_hash, node_id, expires_at) values ($1, $2, $3, $4)",
        lookup,
        secret_hash,
        node_id,
        expires,
    )


async def lock_token(connection: Connection, lookup: str, now: datetime) -> CredentialRow | None:
    """Find a token that may still be used and keep others from using it."""
    row = await connection.fetchrow(
        """select t.node_id, n.name, t.secret_hash from enrolment_tokens t join nodes n on n.id = t.node_id
           where t.lookup = $1 and t.used_at is null and t.expires_at > $2 and n.status <> 'retired' for update of t""",
        lookup,
        now,
    )
    return None if row is None else CredentialRow(**row)


async def use_token(connection: Connection, lookup: str, now: datetime) -> None:
    """Mark a token as used."""
    await connection.execute("update enrolment_tokens set used_at = $2 where lookup = $1", lookup, now)


async def set_credential(connection: Connection, node_id: UUID, lookup: str, secret_hash: bytes) -> None:
    """Give a node its credential in place of those it had."""
    await connection.execute(
        """update nodes set credential_lookup = $2, credential_hash = $3, pending_lookup = null, pending_hash = null
           where id = $1""",
        node_id,
        lookup,
        secret_hash,
    )


async def set_pending(connection: Connection, node_id: UUID, known: str, lookup: str, secret_hash: bytes) -> bool:
    """Give a node a credential beside the one it has; no if that is another than is known by now."""
    given = await connection.fetchval(
        """update nodes set pending_lookup = $3, pending_hash = $4 where id = $1 and credential_lookup = $2
           returning true""",
        node_id,
        known,
        lookup,
        secret_hash,
    )
    return bool(given)


async def use_pending(connection: Connection, node_id: UUID, lookup: str) -> None:
    """Let the pending credential be the only one; it may be so already."""
    await connection.execute(
        """update nodes set credential_lookup = pending_lookup, credential_hash = pending_hash,
             pending_lookup = null, pending_hash = null
           where id = $1 and pending_lookup = $2""",
        node_id,
        lookup,
    )


async def find_credential(connection: Connection, lookup: str) -> CredentialRow | None:
    """Find the node whose credential it is, or will be once it is used."""
    row = await connection.fetchrow(
        """select id as node_id, name, pending_lookup is not distinct from $1 as is_pending,
             case when pending_lookup = $1 then pending_hash else credential_hash end as secret_hash
           from nodes where (credential_lookup = $1 or pending_lookup = $1) and status <> 'retired'""",
        lookup,
    )
    return None if row is None else CredentialRow(**row)
