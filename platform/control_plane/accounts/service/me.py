"""Whose key this is and what it may do."""

from control_plane.accounts.queries import keys, places
from control_plane.accounts.schemas import KeyView, Me
from control_plane.accounts.service.views import tenant_view
from control_plane.core import ids
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.errors import Unauthenticated
from control_plane.core.tenancy import acting_for


async def me(db: Database, subject: Subject) -> Me:
    """Describe the bound tenant and the key that asks, which is an agency's own while it acts for a client."""
    assert subject.key_id is not None, "under /v1 everybody has a key"
    async with db.tenant_tx() as tx:
        tenant = await places.tenant(tx)
    with acting_for(subject.acting_from or subject.tenant_id):
        async with db.tenant_tx() as tx:
            key = await keys.find(tx, subject.key_id)
    if key is None:  # it was revoked a moment ago
        raise Unauthenticated
    view = KeyView(
        id=ids.encode("key", subject.key_id),
        name=key.name,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )
    return Me(tenant=tenant_view(tenant), key=view, scopes=tuple(sorted(subject.scopes)))
