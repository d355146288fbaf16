"""The SQL of the audit log."""

from datetime import datetime
from uuid import UUID

from control_plane.core.actor import Actor
from control_plane.core.database import Transaction

_APPEND = "select audit_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


async def append(
    tx: Transaction,
    owner: UUID,
    entry_id: UUID,
    at: datetime,
    actor: Actor,
    on_behalf_of: UUID | None,
    action: str,
    target: str,
    changes: str,
) -> None:
    """Append an entry to a tenant's log; `changes` is JSON."""
    await tx.connection.execute(
        _APPEND,
        owner,
        entry_id,
        at,
        actor.kind,
        actor.id,
        actor.name,
        actor.tenant_id,
        on_behalf_of,
        actor.address,
        action,
        target,
        changes,
    )
