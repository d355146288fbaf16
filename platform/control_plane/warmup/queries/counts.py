"""The SQL of how addresses fared, day by day and class by class (fleet role, but for complaints)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_COUNT = """
insert into ip_daily as d (ip_id, day, provider, sent, delivered, deferred, bounced)
select i.id, (given.at at time zone 'UTC')::date,
  case when e.route ->> 'provider' = any ($5) then e.route ->> 'provider' else 'generic' end,
  count(*) filter (where coalesce(e.attempt, '1') in ('0', '1')),
  count(*) filter (where given.type = 'message.delivered'),
  count(*) filter (where given.type = 'message.deferred' and e.relay is not null
                   and coalesce(e.dsn, '') not like '4.4.%' and coalesce(e.dsn, '') <> '4.2.2'),
  count(*) filter (where given.type = 'message.bounced')
from unnest($2::text[], $3::timestamptz[], $4::text[]) as given (type, at, data)
cross join lateral json_to_record(given.data::json)
  as e (source_ip text, route json, attempt text, relay text, dsn text)
join ips i on i.node_id = $1 and host(i.address) = e.source_ip
where given.type in ('message.delivered', 'message.deferred', 'message.bounced')
group by 1, 2, 3 order by 1, 2, 3
on conflict (ip_id, day, provider) do update set
  sent = d.sent + excluded.sent, delivered = d.delivered + excluded.delivered,
  deferred = d.deferred + excluded.deferred, bounced = d.bounced + excluded.bounced"""


async def count(
    connection: Connection,
    node_id: UUID,
    types: Sequence[str],
    ats: Sequence[datetime],
    datas: Sequence[str],
    providers: Sequence[str],
) -> None:
    """Count a node's newly stored events for its addresses; what is of no class of `providers` is generic.

    What never reached the other side, and a mailbox that is full, say nothing about an address.
    """
    await connection.execute(_COUNT, node_id, types, ats, datas, providers)


async def count_complaint(
    connection: Connection, tenant_id: UUID, delivery_id: UUID, message_id: UUID, day: date
) -> None:
    """Count a complaint for the address that the mail was delivered from (app or fleet role)."""
    await connection.execute("select count_complaint($1, $2, $3, $4)", tenant_id, delivery_id, message_id, day)


async def days(connection: Connection, ip_ids: Sequence[UUID], since: date) -> list[asyncpg.Record]:
    """Give each day of these addresses since one."""
    return await connection.fetch(
        """select ip_id, day, provider, sent, delivered, deferred, bounced, complained from ip_daily
           where ip_id = any ($1) and day >= $2 order by ip_id, day, provider""",
        ip_ids,
        since,
    )


async def last_used(connection: Connection, ip_id: UUID) -> dict[str, date]:
    """Give the last day on which anything was sent, by class."""
    rows = await connection.fetch(
        "select provider, max(day) as day from ip_daily where ip_id = $1 and sent > 0 group by provider", ip_id
    )
    return {row["provider"]: row["day"] for row in rows}


async def forget(connection: Connection, before: date) -> None:
    """Delete what is older than a day."""
    await connection.execute("delete from ip_daily where day < $1", before)
    await connection.execute("delete from warmup_days where day < $1", before)
