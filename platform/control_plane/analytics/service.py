"""Fold what was counted, and read how mail fared: of the bound tenant, or of what is below it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

import asyncpg

from control_plane.analytics import queries
from control_plane.analytics.schemas import STATES, Bucket, Counts, Fared, Grain, Part
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant

_MOST_FOLDED = 20_000
_MOST_FORGOTTEN = 20_000
HOURS_KEPT = timedelta(days=90)
_COUNTED = len(STATES) + 1


async def fold(db: Database) -> int:
    """Fold all deltas, some thousand per transaction; gives how many. Killed half-way, nothing counts twice."""
    total = 0
    while True:
        async with db.fleet_tx() as tx:
            folded = await queries.fold(tx.connection, _MOST_FOLDED)
        total += folded
        if folded < _MOST_FOLDED:
            return total


async def forget_hours(db: Database, clock: Clock) -> None:
    """Delete the hours that are older than 90 days; their days stay."""
    forgotten = _MOST_FORGOTTEN
    while forgotten == _MOST_FORGOTTEN:
        async with db.fleet_tx() as tx:
            forgotten = await queries.forget_hours(tx.connection, clock.now() - HOURS_KEPT, _MOST_FORGOTTEN)


def day_start(now: datetime) -> datetime:
    """Give the start of the first of the 24 hours that end with the present one."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)


def month_start(now: datetime) -> datetime:
    """Give the start of the first of the 30 UTC days that end with this one."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=29)


async def own_hours(db: Database, since: datetime) -> tuple[Bucket, ...]:
    """Give the bound tenant's hours."""
    async with db.tenant_tx() as tx:
        return await buckets(tx, [bound_tenant()], "hour", since)


async def buckets(tx: Transaction, tenant_ids: Sequence[UUID], grain: Grain, since: datetime) -> tuple[Bucket, ...]:
    """Give the hours or days of several tenants together, of those that the transaction may see."""
    rows = await queries.buckets(tx.connection, tenant_ids, grain, since)
    return tuple(Bucket(start=row[0], counts=_counts(row, 1)) for row in rows)


async def parts(
    db: Database,
    grain: Grain,
    since: datetime,
    until: datetime,
    *,
    stream: str = "",
    provider: str = "",
    all_below: bool = False,
) -> tuple[Part, ...]:
    """Give the bound tenant's hours or days by stream and provider, or together with all that are below it."""
    async with db.tenant_tx() as tx:
        rows = await queries.parts(
            tx.connection, bound_tenant(), grain, since, until, stream, provider, all_below=all_below
        )
    return tuple(Part(start=row[0], stream=row[1], provider=row[2], counts=_counts(row, 3)) for row in rows)


async def fared(tx: Transaction, tenant_ids: Sequence[UUID], now: datetime) -> dict[UUID, Fared]:
    """Give how each of these tenants' mail fared in the last day and month."""
    rows = await queries.fared(tx.connection, tenant_ids, day_start(now), month_start(now))
    return {
        row[0]: Fared(tenant_id=row[0], day=_counts(row, 1), month=_counts(row, 1 + _COUNTED), last_at=row["last_at"])
        for row in rows
    }


async def courses(tx: Transaction, tenant_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[int]]:
    """Give each tenant's deliveries of the last 24 hours, hour by hour."""
    since = day_start(now)
    found = {tenant_id: [0] * 24 for tenant_id in tenant_ids}
    for row in await queries.courses(tx.connection, tenant_ids, since):
        hour = int((row["start"] - since) / timedelta(hours=1))
        if hour < 24:  # a message cannot be accepted later than now, but clocks differ
            found[row["tenant_id"]][hour] += row["deliveries"]
    return found


def _counts(row: asyncpg.Record, first: int) -> Counts:
    values = islice(row.values(), first, first + _COUNTED)
    return Counts(**dict(zip(Counts.__struct_fields__, values, strict=True)))
