"""The SQL of addresses that stand by and are kept warm (fleet role)."""

from datetime import date
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_TO_USE = """
select i.id from ips i where i.standby and i.status = 'active' and not i.keeps_warm
  and not exists (select from ip_daily d where d.ip_id = i.id and d.day > $1 and d.sent > 0)
order by i.id"""

_TO_REST = """
select i.id from ips i where i.keeps_warm and (not i.standby or i.status <> 'active'
  or exists (select from ip_daily d where d.ip_id = i.id and d.day > $1 and d.day < $2 and d.sent > 0))
order by i.id"""


async def to_use(connection: Connection, unused_since: date) -> list[UUID]:
    """List addresses that stand by and have not been used since a day."""
    return [row["id"] for row in await connection.fetch(_TO_USE, unused_since)]


async def to_rest(connection: Connection, unused_since: date, today: date) -> list[UUID]:
    """List addresses that are kept warm and need it no more: they were used before today, or do not stand by."""
    return [row["id"] for row in await connection.fetch(_TO_REST, unused_since, today)]


async def lock(connection: Connection, ip_id: UUID) -> asyncpg.Record | None:
    """Lock an address, and give the table by which it was warmed up, if it was."""
    return await connection.fetchrow(
        """select host(i.address) as address, i.node_id, i.pool_id, i.status, i.standby, i.keeps_warm,
             (select w.schedule::text from warmups w where w.ip_id = i.id) as schedule
           from ips i where i.id = $1 for no key update of i""",
        ip_id,
    )


async def set_keeps_warm(connection: Connection, ip_id: UUID, *, keeps_warm: bool) -> None:
    """Note whether an address that stands by takes a little mail."""
    await connection.execute("update ips set keeps_warm = $2 where id = $1", ip_id, keeps_warm)
