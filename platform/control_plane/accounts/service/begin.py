"""Begin a session once somebody has proved who they are, or keep it back until they have given a second factor."""

from datetime import datetime
from uuid import UUID

from control_plane.accounts import sessions
from control_plane.accounts.queries import factors
from control_plane.accounts.schemas import Device, Method, Person, Place, Session, SignedIn
from control_plane.accounts.service.enter import enter
from control_plane.accounts.service.places import belongs_within, places
from control_plane.core.clock import Clock, SystemClock
from control_plane.core.database import Database
from control_plane.core.errors import Forbidden
from control_plane.core.ids import TenantId
from control_plane.core.valkey import Client

_CLOCK = SystemClock()
_ONE_FACTOR: tuple[Method, ...] = ("password", "link")


class ProviderOnly(Forbidden):
    """Your organisation has its people sign in through its own provider: choose "Sign in with your organisation"."""

    code = "provider_only"


async def begin(
    db: Database,
    valkey: Client,
    person: Person,
    method: Method,
    device: Device,
    *,
    only_tenant: TenantId | None = None,
    proven_at: datetime | None = None,
    before: str = "",
    clock: Clock = _CLOCK,
) -> SignedIn | None:
    """Begin a session in the person's first tenant after their first proof; None when they have no tenant.

    When the person has a second factor, and a password or a link was the proof, the session is `pending`: its token
    opens /sign-in/second only. `proven_at` is when they proved who they are, if that was not now. `before` is the token
    of the session in the same browser, which ends. Raises `ProviderOnly` when all of the person's tenants want them to
    sign in by a provider.
    """
    place = await _first_place(db, person, only_tenant)
    if place is None:
        return None
    now = clock.now()
    session = Session(
        user_id=person.id,
        tenant_id=place.tenant_id,
        through=place.through,
        method=method,
        begun_at=now,
        authenticated_at=proven_at or now,
        device=device,
        only_tenant=only_tenant,
    )
    await sessions.end(valkey, before)
    if method in _ONE_FACTOR and await has_second_factor(db, person.id):
        return SignedIn(await sessions.create_pending(valkey, session), session, pending=True)
    return await enter(db, valkey, person, session)


async def has_second_factor(db: Database, user_id: UUID) -> bool:
    """Say whether a password alone does not sign the person in."""
    async with db.user_tx(user_id) as tx:
        return await factors.has_any(tx)


async def _first_place(db: Database, person: Person, only_tenant: TenantId | None) -> Place | None:
    """Find where a session begins; raises `ProviderOnly`."""
    every = await places(db, person.id)
    open_to = [place for place in every if belongs_within(only_tenant, place)]
    if every and not open_to and only_tenant is None:
        raise ProviderOnly
    return open_to[0] if open_to else None
