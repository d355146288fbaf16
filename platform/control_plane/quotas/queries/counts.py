"""Count for the bound tenant and those above it, and read how it stands; the rules are in the migration's functions."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from control_plane.core.database import Transaction
from control_plane.quotas.resources import Resource
from control_plane.quotas.schemas import Count


async def consume(tx: Transaction, amounts: Mapping[Resource, int], now: datetime) -> list[Count]:
    """Count all amounts or none; the rows stay locked until the transaction ends."""
    rows = await tx.connection.fetch(
        "select * from consume_quota($1, $2, $3)", list(amounts), list(amounts.values()), now
    )
    return [Count(**row) for row in rows]


async def standing(tx: Transaction, resources: Sequence[Resource], now: datetime) -> list[asyncpg.Record]:
    """Read how much of each resource is used."""
    return await tx.connection.fetch("select * from quota_standing($1, $2)", resources, now)
