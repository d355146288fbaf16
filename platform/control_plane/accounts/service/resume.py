"""Go on with a session, as far as the person's places still allow it."""

from control_plane.accounts import sessions
from control_plane.accounts.queries import own_places
from control_plane.accounts.schemas import SCOPES_OF, Person, Place, Session, TenantView, Visitor
from control_plane.accounts.service.places import belongs_within, place_of
from control_plane.core import ids
from control_plane.core.actor import Actor
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock, SystemClock
from control_plane.core.database import Database
from control_plane.core.valkey import Client

_CLOCK = SystemClock()


async def resume(
    db: Database, valkey: Client, token: str, *, used: bool = True, address: str = "", clock: Clock = _CLOCK
) -> Visitor | None:
    """Go on with a session, with the rights that the person has now; None when it has ended or they have left.

    `used`: a person asks, and not a page that keeps itself up to date; only then the session lives on. `address` is
    the IP address that they ask from. Who has lost the client that they looked at is out, as after a lost membership.
    """
    session = await sessions.find(valkey, token, used=used, clock=clock)
    if session is None:
        return None
    async with db.user_tx(session.user_id) as tx:
        row = await own_places.at(tx, session.tenant_id, session.through)
        found = await own_places.person(tx)
    place = place_of(row) if row is not None else None
    if place is None or not belongs_within(session.only_tenant, place):
        await sessions.end(valkey, token)
        return None
    person = Person(id=found["id"], email=found["email"], name=found["name"])
    tenant = TenantView(id=place.public_id, name=place.name, kind=place.kind, status=place.status)
    subject, actor = _subject(session, place), _actor(person, place, address)
    return Visitor(person, session, place, tenant, subject, actor, found["locale"])


def _subject(session: Session, place: Place) -> Subject:
    return Subject(
        tenant_id=place.tenant_id,
        tenant_kind=place.kind,
        tenant_status=place.status,
        scopes=SCOPES_OF[place.role],
        user_id=session.user_id,
        acting_from=place.through,
        within=SCOPES_OF[place.granted] if place.granted is not None else None,
    )


def _actor(person: Person, place: Place, address: str) -> Actor:
    return Actor(
        kind="user",
        id=ids.encode("usr", person.id),
        name=person.email,
        tenant_id=place.through or place.tenant_id,
        address=address,
    )
