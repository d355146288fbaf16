"""The figures of tenants, judged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from control_plane.bounces.classify import ABOUT_RECIPIENTS
from control_plane.core.database import Transaction
from control_plane.enforcement.measure import Counts, Evidence, rates_of
from control_plane.enforcement.queries import measuring as queries
from control_plane.enforcement.schemas import SendingRate
from control_plane.enforcement.thresholds import NEW_FOR
from control_plane.ip_pools.schemas import STREAMS, Stream

Figures = dict[tuple[UUID, Stream], tuple[SendingRate, ...]]


async def suspects(tx: Transaction, least: int, now: datetime) -> list[UUID]:
    """List whose figures are to be looked at (fleet role)."""
    return await queries.suspects(tx.connection, ABOUT_RECIPIENTS, least, now)


async def figures(tx: Transaction, created: dict[UUID, datetime], now: datetime) -> Figures:
    """Measure some tenants' streams; `created` says how old each tenant is."""
    rows = await queries.counts(tx.connection, list(created), STREAMS, ABOUT_RECIPIENTS, now)
    return {
        (row["tenant_id"], row["stream"]): rates_of(_evidence(row), is_new=now - created[row["tenant_id"]] < NEW_FOR)
        for row in rows
    }


def bad(rates: Sequence[SendingRate]) -> tuple[SendingRate, ...]:
    """Keep the figures that speak for a measure."""
    return tuple(rate for rate in rates if rate.grade in ("review", "bad"))


def _evidence(row: asyncpg.Record) -> Evidence:
    return {
        "day": Counts(
            arrived=row["arrived_day"],
            bounced=row["bounced_day"],
            heard=row["heard_day"],
            complained=row["complained_day"],
        ),
        "week": Counts(
            arrived=row["arrived_week"],
            bounced=row["bounced_week"],
            heard=row["heard_week"],
            complained=row["complained_week"],
        ),
    }
