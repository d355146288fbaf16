"""Count deliveries by the hour in which their messages were accepted; the time is in the id."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Connection

_COUNT = """
select date_trunc('hour', to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0), 'UTC')
         as hour, status, count(*) as deliveries
from deliveries where tenant_id = $1 and id >= $2 group by 1, 2
"""


async def count(connection: Connection, tenant_id: UUID, since: UUID) -> list[asyncpg.Record]:
    """Give (hour, status, deliveries) for ids from `since` on."""
    return await connection.fetch(_COUNT, tenant_id, since)
