"""The SQL of what a webhook may have missed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Transaction

_OLDEST = """
select event_id from (
  (select event_id from webhook_deliveries
   where tenant_id = $1 and webhook_id = $2 and next_attempt_at is not null order by event_id limit 1)
  union all
  (select event_id from webhook_deliveries
   where tenant_id = $1 and webhook_id = $2 and status = 'failed' and finished_at >= $3 order by event_id limit 1)
) undelivered
order by event_id limit 1"""

_SENT_AGAIN = """
update webhooks set missed_since = null, missed_until = null
where tenant_id = $1 and id = $2 and status = 'active' and missed_since is not null
  and greatest(missed_since, $6) >= $3 and (missed_until is null or missed_until <= $4)
  and (events <@ $5::text[] or '*' = any ($5))"""


async def oldest_undelivered(tx: Transaction, tenant_id: UUID, webhook_id: UUID, since: datetime) -> UUID | None:
    """Find the oldest event that is still to be sent to a webhook, or was given up since then."""
    found: UUID | None = await tx.connection.fetchval(_OLDEST, tenant_id, webhook_id, since)
    return found


async def sent_again(
    tx: Transaction,
    tenant_id: UUID,
    webhook_id: UUID,
    since: datetime,
    until: datetime,
    types: Sequence[str],
    kept_since: datetime,
) -> None:
    """Forget that a webhook missed something, if what was sent again is all of it that is still kept."""
    await tx.connection.execute(_SENT_AGAIN, tenant_id, webhook_id, since, until, list(types), kept_since)
