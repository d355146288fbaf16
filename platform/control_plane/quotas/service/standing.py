"""How the bound tenant stands with its limits."""

from datetime import datetime

import asyncpg

from control_plane.core.clock import Clock, SystemClock
from control_plane.core.database import Database
from control_plane.quotas.queries import counts as queries
from control_plane.quotas.resources import LIMITED, Resource, resets_at, window_of
from control_plane.quotas.schemas import ResourceUsage, Usage

_HELD: Resource = "messages_held"


async def usage(db: Database, clock: Clock) -> Usage:
    """Give how much of everything is used."""
    now = clock.now()
    async with db.tenant_tx() as tx:
        rows = {row["resource"]: row for row in await queries.standing(tx, (*LIMITED, _HELD), now)}
    return Usage(resources=tuple(_view(rows[name], now) for name in LIMITED), held=rows[_HELD]["used"])


async def warnings(db: Database, clock: Clock | None = None) -> tuple[ResourceUsage, ...]:
    """Give what is nearly or wholly used up, the worst first; for a banner."""
    worrying = [each for each in (await usage(db, clock or SystemClock())).resources if each.level != "fine"]
    return tuple(sorted(worrying, key=lambda each: (each.level != "full", -each.share)))


def _view(row: asyncpg.Record, now: datetime) -> ResourceUsage:
    resource: Resource = row["resource"]
    return ResourceUsage(
        resource=resource,
        used=row["used"],
        limit=row["most"],
        window=window_of(resource),
        resets_at=resets_at(resource, now),
        provider_exhausted=row["full_above"],
    )
