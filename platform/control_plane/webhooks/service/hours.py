"""How a webhook fared by the hour."""

from datetime import datetime, timedelta

import msgspec

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.tenancy import bound_tenant
from control_plane.webhooks.queries import health as queries
from control_plane.webhooks.service.views import PREFIX


class HourOfTries(msgspec.Struct, frozen=True, kw_only=True):
    """The tries of one hour."""

    start: datetime
    delivered: int = 0
    failed: int = 0


async def last_day(db: Database, clock: Clock, webhook_id: str) -> list[HourOfTries]:
    """Give the last 24 hours, also those without a try."""
    newest = clock.now().replace(minute=0, second=0, microsecond=0)
    starts = [newest - timedelta(hours=hours) for hours in range(23, -1, -1)]
    async with db.tenant_tx() as tx:
        rows = await queries.hours(tx, bound_tenant(), ids.decode(PREFIX, webhook_id), starts[0])
    tries = {row["hour"]: row for row in rows}
    return [
        HourOfTries(start=start, delivered=tries[start]["delivered"], failed=tries[start]["failed"])
        if start in tries
        else HourOfTries(start=start)
        for start in starts
    ]
