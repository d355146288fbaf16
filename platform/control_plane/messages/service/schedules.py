"""Note when scheduled mail is due, so that it is found without being looked for."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.messages.queries import scheduled

SEND_JOB = "messages.send_scheduled"


def expect(tx: Transaction, dues: Iterable[tuple[UUID, datetime]]) -> None:
    """Note when the bound tenant's mail is due in pools, right before the commit."""
    tenant_id, moments = bound_tenant(), dict[UUID, datetime]()
    for pool_id, due in dues:
        moments[pool_id] = min(due, moments.get(pool_id, due))
    if not moments:
        return

    async def note(ending: Transaction) -> None:
        await scheduled.expect(ending.connection, tenant_id, moments)

    tx.at_end(note)
