"""A clock that goes on by itself and can be moved, and plans with limits."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant

Limit = Callable[..., Awaitable[None]]


class Moved:
    """A clock at the beginning of an hour, so that no real turn spoils anything."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC).replace(minute=0, second=1)

    def now(self) -> datetime:
        """Give the time, which goes on by a millisecond: ids then sort by it."""
        self._now += timedelta(milliseconds=1)
        return self._now

    def next_hour(self) -> None:
        """Turn the hour."""
        self.move(timedelta(hours=1))

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
async def limit(db: Database) -> AsyncGenerator[Limit]:
    """Put a tenant on a plan: `await limit(tenant, "hold", messages_hour=3)`."""

    async def put(tenant: Tenant, over_limit: str = "stop", **limits: int) -> None:
        plan_id = ids.new_uuid()
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute(
                    """insert into plans (tenant_id, id, name, limits, over_limit)
                       values (app_tenant(), $1, 'Test', $2::jsonb, $3)""",
                    plan_id,
                    msgspec.json.encode(limits).decode(),
                    over_limit,
                )
        async with db.fleet_tx() as tx:
            await tx.connection.execute("update tenants set plan_id = $2 where id = $1", tenant.id, plan_id)

    return put  # type: ignore[return-value]
