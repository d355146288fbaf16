"""The SQL of webhooks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction

_COLUMNS = """w.id, w.url, w.description, w.events, w.status, w.disabled_reason, w.disabled_at, w.missed_since,
  w.missed_until, w.old_secret_until, w.failures, w.failures_together, w.failing_since, w.probe_at, w.created_at,
  coalesce(day.delivered, 0)::int as delivered_24h, coalesce(day.failed, 0)::int as failed_24h"""

_FROM = """webhooks w left join lateral (
    select sum(h.delivered) as delivered, sum(h.failed) as failed from webhook_hours h
    where h.tenant_id = w.tenant_id and h.webhook_id = w.id and h.hour > now() - interval '1 day'
  ) day on true"""

_INSERT = """
insert into webhooks (tenant_id, id, url, description, events, secrets)
select $1, $2, $3, $4, $5, $6 where (select count(*) from webhooks where tenant_id = $1) < $7 returning created_at"""

_PAGE = f"""
select {_COLUMNS} from {_FROM} where w.tenant_id = $1 and ($2::uuid is null or w.id < $2)
order by w.id desc limit $3"""  # noqa: S608 our own columns

_CHANGE = """
update webhooks set url = $3, events = $4, description = $5, status = $6, disabled_reason = $7, disabled_at = $8,
  missed_since = $9, missed_until = $10, failures = $11, failures_together = $12, failing_since = $13, probe_at = $14
where tenant_id = $1 and id = $2"""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a change may change, and what follows from it."""

    url: str
    events: Sequence[str]
    description: str
    status: str
    disabled_reason: str | None
    disabled_at: datetime | None
    missed_since: datetime | None
    missed_until: datetime | None
    failures: int
    failures_together: int
    failing_since: datetime | None
    probe_at: datetime | None


async def insert(
    tx: Transaction,
    tenant_id: UUID,
    webhook_id: UUID,
    url: str,
    description: str,
    events: Sequence[str],
    secrets: bytes,
    most: int,
) -> datetime | None:
    """Store a webhook unless the tenant has too many; gives when."""
    values = (tenant_id, webhook_id, url, description, list(events), secrets, most)
    made: datetime | None = await tx.connection.fetchval(_INSERT, *values)
    return made


async def find(tx: Transaction, tenant_id: UUID, webhook_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Find a webhook; locked, others who send to it or change it wait."""
    query = f"select {_COLUMNS}, w.secrets from {_FROM} where w.tenant_id = $1 and w.id = $2"  # noqa: S608 our own
    query += " for no key update of w" if lock else ""
    return await tx.connection.fetchrow(query, tenant_id, webhook_id)


async def lock_for_sending(tx: Transaction, tenant_id: UUID, webhook_id: UUID) -> asyncpg.Record | None:
    """Find what sending needs; others who send to it, or change it, wait until the transaction ends."""
    return await tx.connection.fetchrow(
        """select id, url, secrets, old_secret_until, status, failures, failures_together, failing_since, probe_at,
             missed_since
           from webhooks where tenant_id = $1 and id = $2 for no key update""",
        tenant_id,
        webhook_id,
    )


async def page(tx: Transaction, tenant_id: UUID, limit: int, after: UUID | None) -> list[asyncpg.Record]:
    """Find webhooks, newest first."""
    return await tx.connection.fetch(_PAGE, tenant_id, after, limit)


async def change(tx: Transaction, tenant_id: UUID, webhook_id: UUID, settings: Settings) -> None:
    """Store a change."""
    await tx.connection.execute(_CHANGE, tenant_id, webhook_id, *msgspec.structs.astuple(settings))


async def set_secrets(tx: Transaction, tenant_id: UUID, webhook_id: UUID, secrets: bytes, until: datetime) -> None:
    """Store the secrets, of which the second counts for a while."""
    await tx.connection.execute(
        "update webhooks set secrets = $3, old_secret_until = $4 where tenant_id = $1 and id = $2",
        tenant_id,
        webhook_id,
        secrets,
        until,
    )


async def delete(tx: Transaction, tenant_id: UUID, webhook_id: UUID) -> None:
    """Delete a webhook; a sweep gives up what was on its way to it."""
    await tx.connection.execute("delete from webhooks where tenant_id = $1 and id = $2", tenant_id, webhook_id)
