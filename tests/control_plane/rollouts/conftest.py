"""A fleet of three, alone in the database while the test runs, and nothing under way."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from tests.control_plane.conftest import MakeNode
from tests.control_plane.rollouts.fleet import Fleet

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
async def fleet(db: Database, clock: FixedClock, make_node: MakeNode) -> AsyncGenerator[Fleet]:
    """Three nodes; all others are out of the way, and what a test leaves under way is ended."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update rollouts set status = 'aborted', ended_at = now() where ended_at is null")
        others = await tx.connection.fetch("select id, status from nodes where status <> 'retired'")
        await tx.connection.execute("update nodes set status = 'enrolling' where status <> 'retired'")
    yield Fleet(db, clock, {name: await make_node() for name in ("a", "b", "c")})
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update rollouts set status = 'aborted', ended_at = now() where ended_at is null")
        await tx.connection.execute("delete from shaping_pins")
        for row in others:
            await tx.connection.execute("update nodes set status = $2 where id = $1", row["id"], row["status"])
