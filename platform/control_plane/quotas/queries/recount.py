"""Compare the counters with what there is, and put one right (fleet role).

The one place that looks into other features' tables: all of them count here.
"""

from datetime import datetime

import asyncpg

from control_plane.core.database import Transaction

# Absurdly large numbers of a few tenants must not stop the recount for all: nothing adds up to more than 2⁶² here.
_THERE_IS = """
  select tenant_id, 'domains' as resource, count(*) as own from mail_domains {where} group by 1
  union all select tenant_id, 'mailboxes', count(*) from mailboxes {where} group by 1
  union all select tenant_id, 'storage_bytes', least(sum(quota_bytes), 2::numeric ^ 62)::bigint
    from mailboxes {where} group by 1
"""
_DRIFTED = f"""
with there_is as ({_THERE_IS.format(where="")}),
counted as (
  select tenant_id, resource, window_start, used, own from usage
  where window_start in (
    '-infinity', date_trunc('hour', $1, 'UTC'), date_trunc('day', $1, 'UTC'), date_trunc('month', $1, 'UTC'))
), owned as (
  select coalesce(c.tenant_id, h.tenant_id) as tenant_id, coalesce(c.resource, h.resource) as resource,
    coalesce(c.window_start, '-infinity') as window_start, coalesce(c.used, 0) as used, coalesce(c.own, 0) as counted,
    case when coalesce(c.resource, h.resource) in ('domains', 'mailboxes', 'storage_bytes') then coalesce(h.own, 0)
         else c.own end as own
  from counted c full join there_is h on h.tenant_id = c.tenant_id and h.resource = c.resource
), below as (
  select above.id as tenant_id, o.resource, o.window_start, least(sum(o.own), 2::numeric ^ 62) as used
  from owned o join tenants t on t.id = o.tenant_id cross join unnest(t.path) as above (id) group by 1, 2, 3
)
select b.tenant_id, b.resource, b.window_start, t.path
from below b join tenants t on t.id = b.tenant_id
left join owned o on o.tenant_id = b.tenant_id and o.resource = b.resource and o.window_start = b.window_start
where t.erased_at is null and b.resource not in ('messages_held', 'messages_scheduled')
  and (b.used <> coalesce(o.used, 0) or o.own is distinct from o.counted)
order by cardinality(t.path) desc limit 10000
"""  # noqa: S608 our own text
_LOCK = """
insert into usage (tenant_id, resource, window_start) values ($1, $2, $3)
on conflict (tenant_id, resource, window_start) do update set used = usage.used
"""
_OWN = f"""
update usage u set own = coalesce((select h.own from ({_THERE_IS.format(where="where tenant_id = $1")}) h
                                   where h.resource = $2), 0)
where u.tenant_id = $1 and u.resource = $2 and u.window_start = $3
  and u.resource in ('domains', 'mailboxes', 'storage_bytes')
"""  # noqa: S608 our own text
_USED = """
update usage u set used = (
  select least(coalesce(sum(b.own), 0), 2::numeric ^ 62)::bigint from usage b join tenants t on t.id = b.tenant_id
  where t.path @> array[$1::uuid] and b.resource = $2 and b.window_start = $3)
where u.tenant_id = $1 and u.resource = $2 and u.window_start = $3
"""


async def drifted(tx: Transaction, now: datetime) -> list[asyncpg.Record]:
    """List the counters that differ from what there is, those deepest in the tree first."""
    return await tx.connection.fetch(_DRIFTED, now)


async def put_right(tx: Transaction, counter: asyncpg.Record) -> None:
    """Recount one: who counts meanwhile, here or below, waits for its row, and is seen if they were quicker."""
    key = counter["tenant_id"], counter["resource"], counter["window_start"]
    for statement in (_LOCK, _OWN, _USED):
        await tx.connection.execute(statement, *key)


async def purge(tx: Transaction, before: datetime) -> None:
    """Forget windows that began before a moment."""
    await tx.connection.execute("delete from usage where window_start > '-infinity' and window_start < $1", before)
