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
    owner, actor = tenant_id or bound_tenant(), current_actor()
    differences = msgspec.json.encode(changes(before, after)).decode()
    at = datetime.now(UTC)

    async def append(ending: Transaction) -> None:
        for log in _logs(owner, actor):
            behalf = owner if log != owner else None
            await queries.append(ending, log, new_uuid(), at, actor, behalf, action, target, differences)

    tx.at_end(append)


def _logs(owner: UUID, actor: Actor) -> list[UUID]:
    """List whose logs an act belongs in, always in the same order, so that no two acts wait for each other."""
    return sorted({owner, actor.tenant_id or owner})
