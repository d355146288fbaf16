"""The SQL of the webhooks themselves."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction

_COLUMNS = "id, url, events, status, created_at"


async def insert(
    tx: Transaction, tenant_id: UUID, webhook_id: UUID, url: str, events: Sequence[str], secrets: bytes, most: int
) -> asyncpg.Record | None:
    """Store a webhook unless the tenant has too many."""
    return await tx.connection.fetchrow(
        f"""insert into webhooks (tenant_id, id, url, events, secrets)
            select $1, $2, $3, $4, $5 where (select count(*) from webhooks where tenant_id = $1) < $6
            returning {_COLUMNS}""",  # noqa: S608 our own columns
        tenant_id,
        webhook_id,
        url,
        list(events),
        secrets,
        most,
    )


async def find(tx: Transaction, tenant_id: UUID, webhook_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Find a webhook."""
    query = f"select {_COLUMNS}, secrets from webhooks where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    return await tx.connection.fetchrow(f"{query} for update" if lock else query, tenant_id, webhook_id)


async def page(tx: Transaction, tenant_id: UUID, limit: int, after: UUID | None) -> list[asyncpg.Record]:
    """Find webhooks, newest first."""
    return await tx.connection.fetch(
        f"""select {_COLUMNS} from webhooks where tenant_id = $1 and ($2::uuid is null or id < $2)
            order by id desc limit $3""",  # noqa: S608 our own columns
        tenant_id,
        after,
        limit,
    )


async def delete(tx: Transaction, tenant_id: UUID, webhook_id: UUID) -> None:
    """Delete a webhook and give up what was on its way to it."""
    await tx.connection.execute("delete from webhooks where tenant_id = $1 and id = $2", tenant_id, webhook_id)
    await tx.connection.execute(
        """update webhook_deliveries set status = 'failed', next_attempt_at = null, finished_at = now()
           where tenant_id = $1 and webhook_id = $2 and next_attempt_at is not null""",
        tenant_id,
        webhook_id,
    )


async def deliveries(
    tx: Transaction, tenant_id: UUID, webhook_id: UUID, limit: int, after: UUID | None
) -> list[asyncpg.Record]:
    """Find what was sent to a webhook or is to be, newest first."""
    return await tx.connection.fetch(
        """select id, event_id, status, attempts, attempted_at, next_attempt_at, response_status, response_excerpt
           from webhook_deliveries where tenant_id = $1 and webhook_id = $2 and ($3::uuid is null or id < $3)
           order by id desc limit $4""",
        tenant_id,
        webhook_id,
        after,
        limit,
    )
