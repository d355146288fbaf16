"""API keys: made once, shown once, kept as a hash."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core import crypto, ids
from control_plane.core.database import Transaction
from control_plane.core.key_ring import KEY_PREFIXES
from control_plane.core.sandbox import Mode


class NewKey(msgspec.Struct, frozen=True):
    """A key that was just made; `token` is not kept anywhere."""

    id: UUID
    token: str


async def create_key(tx: Transaction, tenant_id: UUID, name: str, scopes: Sequence[str], mode: Mode = "live") -> NewKey:
    """Make an API key for a tenant."""
    credential, key_id = crypto.new_credential(KEY_PREFIXES[mode]), ids.new_uuid()
    await tx.connection.execute(
        """insert into api_keys (tenant_id, id, name, lookup, secret_hash, scopes, mode)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        tenant_id,
        key_id,
        name,
        credential.lookup,
        credential.hash,
        list(scopes),
        mode,
    )
    return NewKey(key_id, credential.token)
