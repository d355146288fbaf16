"""The SQL of how a webhook fares."""

from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.webhooks.circuit import Health, Round

_DISABLE = """
update webhooks set status = 'disabled', disabled_reason = $3, disabled_at = $4,
  missed_since = $5, missed_until = null, probe_at = null
where tenant_id = $1 and id = $2"""

_COUNT = """
insert into webhook_hours as h (tenant_id, webhook_id, hour, delivered, failed)
values ($1, $2, date_trunc('hour', $3::timestamptz, 'UTC'), $4, $5)
on conflict (tenant_id, webhook_id, hour) do update
  set delivered = h.delivered + excluded.delivered, failed = h.failed + excluded.failed"""

_RECALL = """
update webhook_deliveries set next_attempt_at = $3
where tenant_id = $1 and webhook_id = $2 and next_attempt_at > $3 and attempts > 0 and claimed_until is null"""


async def write(tx: Transaction, tenant_id: UUID, webhook_id: UUID, health: Health) -> None:
    """Write down how a webhook fares."""
    await tx.connection.execute(
        """update webhooks set failures = $3, failures_together = $4, failing_since = $5, probe_at = $6
           where tenant_id = $1 and id = $2""",
        tenant_id,
        webhook_id,
        health.failures,
        health.failures_together,
        health.failing_since,
        health.probe_at,
    )


async def count(tx: Transaction, tenant_id: UUID, webhook_id: UUID, now: datetime, ended: Round) -> None:
    """Count tries in their hour."""
    await tx.connection.execute(_COUNT, tenant_id, webhook_id, now, ended.delivered, ended.failed)


async def disable(
    tx: Transaction, tenant_id: UUID, webhook_id: UUID, reason: str, now: datetime, missed_since: datetime
) -> None:
    """Switch a webhook off."""
    await tx.connection.execute(_DISABLE, tenant_id, webhook_id, reason, now, missed_since)


async def recall(tx: Transaction, tenant_id: UUID, webhook_id: UUID, now: datetime) -> None:
    """Let what waits for another try be due at once: the endpoint is back."""
    await tx.connection.execute(_RECALL, tenant_id, webhook_id, now)


async def hours(tx: Transaction, tenant_id: UUID, webhook_id: UUID, since: datetime) -> list[asyncpg.Record]:
    """Give the tries of each hour."""
    return await tx.connection.fetch(
        """select hour, delivered, failed from webhook_hours
           where tenant_id = $1 and webhook_id = $2 and hour >= $3 order by hour""",
        tenant_id,
        webhook_id,
        since,
    )
