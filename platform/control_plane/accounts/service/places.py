"""Where a person may be, and going from one place to another."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.accounts import sessions
from control_plane.accounts.queries import own_places
from control_plane.accounts.schemas import Place, Session
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId
from control_plane.core.valkey import Client


async def places(db: Database, user_id: UUID, session: Session | None = None) -> list[Place]:
    """List where a person may be: their own tenants first, then clients by name; each once.

    With a session, only where that session may be.
    """
    async with db.user_tx(user_id) as tx:
        rows = await own_places.every(tx)
    found: dict[TenantId, Place] = {}
    for place in map(place_of, rows):
        if session is None or belongs_within(session.only_tenant, place):
            found.setdefault(place.tenant_id, place)
    return list(found.values())


async def switch(db: Database, valkey: Client, token: str, tenant_id: UUID) -> None:
    """Have a session look at another tenant; raises `NotFound` when it may not be there."""
    session = await sessions.find(valkey, token)
    if session is None:
        raise NotFound
    reachable = await places(db, session.user_id, session)
    place = next((place for place in reachable if place.tenant_id == tenant_id), None)
    if place is None:
        raise NotFound
    moved = msgspec.structs.replace(session, tenant_id=place.tenant_id, through=place.through)
    await sessions.update(valkey, token, moved)


def belongs_within(only_tenant: TenantId | None, place: Place) -> bool:
    """Say whether a session may be at a place: a provider vouches for its own tenant only, and some want no other."""
    if only_tenant is not None:
        return only_tenant == (place.through or place.tenant_id)
    return not place.provider_only


def place_of(row: asyncpg.Record) -> Place:
    """Read a place that was found."""
    return Place(**dict(row))
