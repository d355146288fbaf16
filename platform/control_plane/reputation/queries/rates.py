"""The SQL of how mail from an address fared (fleet role)."""

from datetime import date
from uuid import UUID

import asyncpg

from control_plane.core.database import Connection


async def by_provider(connection: Connection, ip_id: UUID, since: date) -> list[asyncpg.Record]:
    """Sum up an address's days by class of providers."""
    return await connection.fetch(
        """select provider, sum(sent)::int as sent, sum(delivered)::int as delivered, sum(deferred)::int as deferred,
             sum(bounced)::int as bounced, sum(complained)::int as complained
           from ip_daily where ip_id = $1 and day >= $2 group by provider order by sum(sent) desc, provider""",
        ip_id,
        since,
    )


async def by_day(connection: Connection, ip_id: UUID, since: date) -> list[asyncpg.Record]:
    """Sum up an address's providers by day."""
    return await connection.fetch(
        """select day, sum(delivered)::int as delivered, sum(deferred)::int as deferred,
             sum(bounced)::int as bounced, sum(complained)::int as complained
           from ip_daily where ip_id = $1 and day >= $2 group by day order by day""",
        ip_id,
        since,
    )
