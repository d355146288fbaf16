"""Tenants with limits, and a clock that turns windows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant

SetLimits = Callable[..., Awaitable[None]]
SetPlan = Callable[..., Awaitable[UUID]]


class TestClock:
    """A clock that stands at the beginning of an hour, day and month until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self._now = datetime(2031, 5, 1, 0, 0, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Give the time."""
        return self._now

    def forward(self, **units: float) -> None:
        """Move on."""
        self._now += timedelta(**units)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def limit(db: Database) -> SetLimits:
    """Limit a tenant: `await limit(tenant.id, domains=3)`."""

    async def set_limits(tenant_id: UUID, **limits: int | None) -> None:
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                "update tenants set limits = $2::jsonb where id = $1", tenant_id, msgspec.json.encode(limits).decode()
            )

    return set_limits


@pytest.fixture
def put_on_plan(db: Database) -> SetPlan:
    """Put a tenant on a plan of its parent, or of nobody it knows: `await put_on_plan(tenant.id, domains=3)`."""

    async def make(tenant_id: UUID, *, over_limit: str = "stop", **limits: int | None) -> UUID:
        plan_id = ids.new_uuid()
        async with db.fleet_tx() as tx:
            giver = await tx.connection.fetchval("select coalesce(parent_id, id) from tenants where id = $1", tenant_id)
        with acting_for(giver):
            async with db.tenant_tx() as tx:
                await tx.connection.execute(
                    """insert into plans (tenant_id, id, name, limits, over_limit)
                       values (app_tenant(), $1, 'Test', $2::jsonb, $3)""",
                    plan_id,
                    msgspec.json.encode(limits).decode(),
                    over_limit,
                )
        async with db.fleet_tx() as tx:
            await tx.connection.execute("update tenants set plan_id = $2 where id = $1", tenant_id, plan_id)
        return plan_id

    return make


@pytest.fixture
def put_below(db: Database) -> Callable[[Tenant, Tenant], Awaitable[None]]:
    """Put a client below an agency: `await put_below(client, agency)`."""

    async def put(client: Tenant, agency: Tenant) -> None:
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                """update tenants t set parent_id = $2, path = a.path || t.id
                   from tenants a where a.id = $2 and t.id = $1""",
                client.id,
                agency.id,
            )

    return put


@pytest.fixture
async def agency(make_tenant: Callable[..., Awaitable[Tenant]]) -> Tenant:
    """An agency."""
    return await make_tenant("agency")


async def usage_of(db: Database, tenant_id: TenantId, resource: str) -> int:
    """Sum up what is counted for a tenant, in all windows."""
    async with db.fleet_tx() as tx:
        used: int = await tx.connection.fetchval(
            "select coalesce(sum(used), 0)::bigint from usage where tenant_id = $1 and resource = $2",
            tenant_id,
            resource,
        )
    return used
