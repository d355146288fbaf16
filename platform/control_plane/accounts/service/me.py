"""Whose key this is and what it may do."""

from uuid import UUID

from control_plane.accounts.queries import keys, places
from control_plane.accounts.schemas import KeyView, Me
from control_plane.accounts.service.views import tenant_view
from control_plane.core import ids
from control_plane.core.database import Database


async def me(db: Database, key_id: UUID) -> Me:
    """Describe the bound tenant and the key that asks."""
    async with db.tenant_tx() as tx:
        tenant, key = await places.tenant(tx), await keys.key(tx, key_id)
    view = KeyView(
        id=ids.encode("key", key_id), name=key["name"], created_at=key["created_at"], expires_at=key["expires_at"]
    )
    return Me(tenant=tenant_view(tenant), key=view, scopes=tuple(key["scopes"]))
