"""Bounces by class, for statistics, and what came to return paths, for operators."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from control_plane.bounces import rules
from control_plane.bounces.classify import verdict_of
from control_plane.bounces.queries import counts, strikes
from control_plane.bounces.schemas import ClassCount
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import bound_tenant

_FOLDED_AT_ONCE = 5000
_HOURS_KEPT = timedelta(days=60)
_DAYS_KEPT = timedelta(days=400)


async def by_class(
    db: Database, since: datetime, until: datetime, tenant_ids: Sequence[UUID] | None = None
) -> list[ClassCount]:
    """Count the bounces of a time by class, stream and class of providers, the most frequent first.

    Of the bound tenant, or of some whose roll-ups it may see: its own clients.
    """
    async with db.tenant_tx() as tx:
        rows = await counts.by_class(tx.connection, tenant_ids or [bound_tenant()], since, until)
    return [
        ClassCount(
            bounce_class=row["bounce_class"],
            about=verdict_of(row["bounce_class"]).about,
            stream=row["stream"],
            provider=row["provider"],
            bounces=row["bounces"],
        )
        for row in rows
    ]


async def returned(tx: Transaction, since: datetime) -> dict[str, int]:
    """Say how many mails came to return paths since a day, by what they were (fleet role)."""
    return await counts.returned(tx.connection, since.date())


async def fold(db: Database) -> None:
    """Fold what was counted into hours."""
    folded = _FOLDED_AT_ONCE
    while folded == _FOLDED_AT_ONCE:
        async with db.fleet_tx() as tx:
            folded = await counts.fold(tx.connection, _FOLDED_AT_ONCE)


async def forget(db: Database, clock: Clock) -> None:
    """Delete what is too old to be of use."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        await strikes.forget(tx.connection, now - rules.SOFT_WITHIN)
        await counts.forget_hours(tx.connection, now - _HOURS_KEPT)
        await counts.forget_returned(tx.connection, (now - _DAYS_KEPT).date())
