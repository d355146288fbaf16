"""The SQL of past attempts, in the order in which they were made, some at a time (fleet role)."""

from collections.abc import AsyncGenerator
from datetime import datetime

import asyncpg

from control_plane.core.database import Connection
from control_plane.core.ids import lower_bound

_AT_ONCE = 2000

_ATTEMPTS = """
select (extract(epoch from at) * 1000)::bigint as at_ms, type = 'message.delivered' as delivered,
  data ->> 'source_ip' as source_ip, data ->> 'relay' as relay, data ->> 'dsn' as dsn, data ->> 'reply' as reply,
  data #>> '{route,provider}' as provider, lower(split_part(recipient, '@', -1)) as domain
from events
where id >= $1 and id < $2 and type in ('message.delivered', 'message.deferred', 'message.bounced')
  and data ? 'source_ip'
order by id limit $3"""


async def batches(
    connection: Connection, since: datetime, until: datetime, most: int
) -> AsyncGenerator[list[asyncpg.Record]]:
    """Read a time's attempts from a cursor of the transaction; memory holds one batch."""
    cursor = await connection.cursor(_ATTEMPTS, lower_bound(since), lower_bound(until), most)
    while batch := await cursor.fetch(_AT_ONCE):
        yield batch
