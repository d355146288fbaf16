"""Roll-ups of tests' own tenants, and a clock that is moved by hours and days."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from tests.conftest import Tenant

Fare = Callable[..., Awaitable[None]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC).replace(minute=30, second=0, microsecond=0))


@pytest.fixture
def fare(db: Database, clock: FixedClock) -> Fare:
    """Have mail of a tenant fared so: `await fare(tenant, arrived=90, bounced=10, stream="broadcast")`, this hour.

    It was let go `hours_ago`; it was accepted `waited_hours` before that, and what bounced did so `later_hours` after.
    """

    async def note(
        tenant: Tenant,
        *,
        arrived: int = 0,
        bounced: int = 0,
        complained: int = 0,
        stream: str = "broadcast",
        bounce_class: str = "invalid_recipient",
        provider: str = "generic",
        hours_ago: int = 0,
        waited_hours: int = 0,
        later_hours: int = 0,
    ) -> None:
        let_go = clock.now().replace(minute=0) - timedelta(hours=hours_ago)
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                """insert into delivery_stats as s (tenant_id, grain, stream, provider, start, deliveries, held,
                     deferred,
                     delivered, bounced, complained, suppressed, failed, cancelled, last_at)
                   select $1, g.grain, $2, $3, g.start, $5, 0, 0, $6, $7, $8, 0, 0, 0, $9
                   from (values ('let_go', $4::timestamptz), ('hour', $10)) as g (grain, start)
                   on conflict (tenant_id, grain, stream, provider, start) do update set
                     delivered = s.delivered + excluded.delivered, bounced = s.bounced + excluded.bounced,
                     complained = s.complained + excluded.complained, last_at = excluded.last_at""",
                tenant.id,
                stream,
                provider,
                let_go,
                arrived + bounced,
                arrived - complained,
                bounced,
                complained,
                clock.now(),
                let_go - timedelta(hours=waited_hours),
            )
            if bounced:
                await tx.connection.execute(
                    """insert into bounce_stats as s
                         (tenant_id, hour, let_go, stream, provider, bounce_class, bounces, example)
                       values ($1, $2, $3, $4, $5, $6, $7, '')
                       on conflict (tenant_id, hour, let_go, stream, provider, bounce_class)
                       do update set bounces = s.bounces + excluded.bounces""",
                    tenant.id,
                    let_go + timedelta(hours=later_hours),
                    let_go,
                    stream,
                    provider,
                    bounce_class,
                    bounced,
                )

    return note


@pytest.fixture
async def grown(db: Database, tenant: Tenant) -> Tenant:
    """A tenant that is not new any more."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set created_at = now() - interval '1 year' where id = $1", tenant.id
        )
    return tenant
