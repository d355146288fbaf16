"""Failed tries to sign in as somebody who is known: they stand in the logs of that person's accounts.

A worker writes them: whoever tries cannot tell by the time that an answer takes whether there is such a person.
"""

from uuid import UUID

from control_plane.accounts.queries import places
from control_plane.audit import service as audit
from control_plane.core.actor import Actor, acting_as
from control_plane.core.database import Database
from control_plane.core.ids import encode

NOTE_JOB = "accounts.note_failed_sign_in"


async def leave_note(db: Database, user_id: UUID | None, email: str, address: str) -> None:
    """Have the try noted, or go through the same motions for nobody."""
    async with db.public_tx() as tx:
        tx.outbox.trigger(NOTE_JOB, str(user_id or ""), email, address)


async def note(db: Database, user_id: UUID, email: str, address: str) -> None:
    """Record the try in the log of each account that the person belongs to."""
    who = encode("usr", user_id)
    async with db.fleet_tx() as tx:
        for tenant_id in await places.tenants_of(tx, user_id):
            with acting_as(Actor(kind="user", id=who, name=email, address=address)):
                audit.record(tx, "accounts.sign_in_failed", who, tenant_id=tenant_id)
