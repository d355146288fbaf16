"""Since when a webhook that is switched off may have missed something."""

from datetime import datetime, timedelta

import asyncpg

from control_plane.core.database import Transaction
from control_plane.core.ids import time_of
from control_plane.core.tenancy import bound_tenant
from control_plane.webhooks.queries import missed as queries

_LONGEST_TRY = timedelta(minutes=1)
"""What was given up bears the time at which its last try began, and failing begins where the first one ended."""


async def missed_since(tx: Transaction, webhook: asyncpg.Record, now: datetime) -> datetime:
    """Give the time of the oldest event that a webhook which is switched off now will not have had.

    That happened before the first try that failed, and perhaps long before: a replay goes by the events' own times.
    """
    since = (webhook["failing_since"] or now) - _LONGEST_TRY
    oldest = await queries.oldest_undelivered(tx, bound_tenant(), webhook["id"], since)
    known = (webhook["missed_since"], webhook["failing_since"], time_of(oldest) if oldest else None, now)
    return min(at for at in known if at is not None)
