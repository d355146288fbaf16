"""The SQL of putting events on their way to the webhooks that subscribe to them."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction

# A message's events wait for each other, so each row knows its message; its event was stored right before.
_FAN_OUT = """
with made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, message_id, next_attempt_at)
  select w.tenant_id, new_uuid(), w.id, e.event_id, e.type, stored.message_id, now()
  from unnest($1::uuid[], $2::uuid[], $3::text[]) as e (tenant_id, event_id, type)
  join webhooks w on w.tenant_id = e.tenant_id and w.status = 'active'
    and (e.type = any (w.events) or '*' = any (w.events))
  left join events stored on stored.tenant_id = e.tenant_id and stored.id = e.event_id and stored.id between $4 and $5
  returning tenant_id, webhook_id
)
select tenant_id, webhook_id, count(*) as rows from made group by 1, 2"""


# The same without a look at the events, of which every partition would be opened.
_FAN_OUT_TOLD = """
with made as (
  insert into webhook_deliveries (tenant_id, id, webhook_id, event_id, type, message_id, next_attempt_at)
  select w.tenant_id, new_uuid(), w.id, e.event_id, e.type, e.message_id, now()
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as e (tenant_id, event_id, type, message_id)
  join webhooks w on w.tenant_id = e.tenant_id and w.status = 'active'
    and (e.type = any (w.events) or '*' = any (w.events))
  returning tenant_id, webhook_id
)
select tenant_id, webhook_id, count(*) as rows from made group by 1, 2"""


async def fan_out(
    tx: Transaction,
    tenant_ids: Sequence[UUID],
    event_ids: Sequence[UUID],
    types: Sequence[str],
    message_ids: Sequence[UUID] | None = None,
) -> list[asyncpg.Record]:
    """Put events on their way to the webhooks that subscribe to them; gives tenant, webhook and number of rows.

    Whose messages the events are of is looked up unless it is told.
    """
    if not event_ids:
        return []
    if message_ids is not None:
        return await tx.connection.fetch(_FAN_OUT_TOLD, tenant_ids, event_ids, types, message_ids)
    return await tx.connection.fetch(_FAN_OUT, tenant_ids, event_ids, types, min(event_ids), max(event_ids))
