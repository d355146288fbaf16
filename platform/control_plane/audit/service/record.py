"""Record what is done, in the transaction that does it: both are committed, or neither."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from control_plane.audit import queries
from control_plane.audit.redaction import Fields, changes
from control_plane.core.actor import Actor, current_actor
from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.tenancy import bound_tenant


class _Act(msgspec.Struct, frozen=True):
    """What was done, by whom, and when."""

    actor: Actor
    at: datetime
    action: str
    target: str
    changes: str

    @classmethod
    def now(cls, action: str, target: str, before: Fields | None, after: Fields | None) -> "_Act":
        """Take the present actor and moment."""
        differences = msgspec.json.encode(changes(before, after)).decode()
        return cls(current_actor(), datetime.now(UTC), action, target, differences)

    async def append(self, tx: Transaction, owner: UUID) -> None:
        """Append it to the owner's log, and to that of the actor's own tenant."""
        for log in _logs(owner, self.actor):
            behalf = owner if log != owner else None
            await queries.append(
                tx, log, new_uuid(), self.at, self.actor, behalf, self.action, self.target, self.changes
            )


def record(
    tx: Transaction,
    action: str,
    target: str,
    *,
    before: Fields | None = None,
    after: Fields | None = None,
    tenant_id: UUID | None = None,
) -> None:
    """Have an entry appended at the end of the transaction.

    `action` is `<feature>.<verb>`, as in `mailboxes.create`; `target` the public id or address it was done to. Fields
    whose names speak of secrets are hidden. `tenant_id`: whose log, if not the bound tenant's (only as the fleet role).
    Who acts for a client writes to the client's log and to their own tenant's.
    """
    owner, act = tenant_id or bound_tenant(), _Act.now(action, target, before, after)

    async def append(ending: Transaction) -> None:
        await act.append(ending, owner)

    tx.at_end(append)


def record_for_fleet(
    tx: Transaction, action: str, target: str, *, before: Fields | None = None, after: Fields | None = None
) -> None:
    """Have an act on the fleet, which belongs to no customer, appended to the operator's log (fleet role)."""
    act = _Act.now(action, target, before, after)

    async def append(ending: Transaction) -> None:
        owner = act.actor.tenant_id or await queries.operator(ending)
        if owner is not None:  # before the first operator is made, there is nobody to keep a log for
            await act.append(ending, owner)

    tx.at_end(append)


def _logs(owner: UUID, actor: Actor) -> list[UUID]:
    """List whose logs an act belongs in, always in the same order, so that no two acts wait for each other."""
    return sorted({owner, actor.tenant_id or owner})
