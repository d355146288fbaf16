"""What enforcement needs to know of tenants (fleet role)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_RATES = """
select t.id, t.kind, t.created_at, quota_limit(t.limits, p.limits, 'messages_hour') as hour_limit,
  (select max(u.used) from usage u where u.tenant_id = t.id and u.resource = 'messages_hour' and u.window_start >= $2)
    as busiest
from tenants t left join plans p on p.id = t.plan_id where t.id = any ($1)"""

# Who is new may send twice what it sent in a whole day without a measure; who has come far enough is new no longer.
_GROW = """
update tenants t set starting_day = case when grown.most < $2 then grown.most end
from (
  select t.id, greatest(t.starting_day, 2 * u.used) as most from tenants t
  join usage u on u.tenant_id = t.id and u.resource = 'messages_day' and u.window_start = $1
  where t.starting_day is not null and t.enforced_status = 'active'
    and not exists (select from measures m join tenants below on below.id = m.tenant_id
                    where below.path @> array[t.id] and m.step <> 'none')
) grown
where t.id = grown.id and t.starting_day is distinct from case when grown.most < $2 then grown.most end
returning t.id"""


async def standing(connection: Connection, tenant_ids: Sequence[UUID], since: datetime) -> dict[UUID, asyncpg.Record]:
    """Give kind, age, limit and busiest hour of tenants."""
    return {row["id"]: row for row in await connection.fetch(_RATES, tenant_ids, since)}


async def grow(connection: Connection, yesterday: datetime, enough: int) -> int:
    """Let those grow who are new and sent well on a day; gives how many."""
    return len(await connection.fetch(_GROW, yesterday, enough))


async def names(connection: Connection, tenant_id: UUID) -> asyncpg.Record | None:
    """Give a living tenant's name and kind, and the agency above it, if that is one."""
    return await connection.fetchrow(
        """select t.name, t.kind, above.id as parent_id, above.kind as parent_kind
           from tenants t left join tenants above on above.id = t.parent_id
           where t.id = $1 and t.erased_at is null""",
        tenant_id,
    )


async def operator(connection: Connection) -> UUID | None:
    """Find the operator at the root."""
    found: UUID | None = await connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found
