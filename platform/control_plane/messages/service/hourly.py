"""How a tenant's mail fared, hour by hour."""

from datetime import datetime

import msgspec

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries.schemas import Status
from control_plane.messages.queries import hourly


class HourCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries of one hour are in one state."""

    hour: datetime
    status: Status
    deliveries: int


async def counts(db: Database, since: datetime) -> tuple[HourCount, ...]:
    """Count the bound tenant's deliveries accepted since a moment; hours without any are left out."""
    async with db.tenant_tx() as tx:
        rows = await hourly.count(tx.connection, bound_tenant(), ids.lower_bound(since))
    return tuple(HourCount(hour=row["hour"], status=row["status"], deliveries=row["deliveries"]) for row in rows)
