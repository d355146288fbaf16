"""The moment when somebody is in: a session begins, and the log of where they belong says so."""

from control_plane.accounts import sessions
from control_plane.accounts.schemas import Person, Session, SignedIn
from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.actor import Actor, acting_as
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.core.valkey import Client


async def enter(db: Database, valkey: Client, person: Person, session: Session, *, second: str = "") -> SignedIn:
    """Begin a full session and record the sign-in; `second` says what the second factor was."""
    home, user = session.through or session.tenant_id, ids.encode("usr", person.id)
    actor = Actor(kind="user", id=user, name=person.email, tenant_id=home, address=session.device.address)
    facts = {"method": session.method} | ({"second_factor": second} if second else {})
    with acting_as(actor), acting_for(home):
        async with db.tenant_tx() as tx:
            audit.record(tx, "accounts.sign_in", user, after=facts)
    return SignedIn(await sessions.create(valkey, session), session)
