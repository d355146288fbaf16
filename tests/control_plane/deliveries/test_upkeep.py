"""Weeks of the partitioned tables go when their time is over, and not before."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import reports
from control_plane.deliveries import service as deliveries
from tenant_agent import wire
from tests.conftest import Tenant

_TABLES = ("webhook_deliveries", "deliveries", "messages", "events")


@pytest.fixture
def clock(runtime: Runtime) -> FixedClock:
    return FixedClock(runtime.clock.now())


async def _weeks_of(db: Database, clock: FixedClock, days_ago: int) -> list[str]:
    """Name the tables that have a partition for what happened so long ago."""
    at = ids.lower_bound(clock.now() - timedelta(days=days_ago))
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select parent from unnest($1::text[]) parent
               where exists (select from partitions_of(parent) p where p.first <= $2 and p.last > $2)""",
            _TABLES,
            at,
        )
    return [row["parent"] for row in rows]


async def _go_back(db: Database, clock: FixedClock, days_ago: int) -> None:
    """Have partitions for what happened so long ago."""
    async with db.fleet_tx() as tx:
        for table in _TABLES:
            at = clock.now() - timedelta(days=days_ago)
            await tx.connection.execute("select ensure_partitions($1, $2, 0)", table, at)


async def _delivery(db: Database, clock: FixedClock, tenant: Tenant, days_ago: int, status: str) -> UUID:
    """Store a delivery that was accepted so long ago."""
    delivery_id = ids.new_uuid(int((clock.now() - timedelta(days=days_ago)).timestamp() * 1000))
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into deliveries (tenant_id, id, message_id, kind, recipient, status, pool_id, last_event_at)
                   values ($1, $2, $2, 'to', 'bob@else.test', $3, $4, $5)""",
                tenant.id,
                delivery_id,
                status,
                ids.new_uuid(),
                clock.now(),
            )
    return delivery_id


async def test_weeks_go_when_their_time_is_over(db: Database, clock: FixedClock) -> None:
    await _go_back(db, clock, 100)
    await _go_back(db, clock, 50)
    await deliveries.drop_partitions(db, clock)
    assert await _weeks_of(db, clock, 100) == []
    assert await _weeks_of(db, clock, 50) == ["deliveries", "messages", "events"]
    assert await _weeks_of(db, clock, 5) == list(_TABLES)
    assert await deliveries.drop_partitions(db, clock) == 0


@pytest.mark.parametrize("status", ["held", "scheduled", "accepted", "queued", "deferred"])
async def test_a_week_with_mail_that_is_not_done_is_kept(
    db: Database, clock: FixedClock, tenant: Tenant, status: str
) -> None:
    await _go_back(db, clock, 100)
    delivery_id = await _delivery(db, clock, tenant, 100, status)
    await deliveries.drop_partitions(db, clock)
    assert await _weeks_of(db, clock, 100) == ["deliveries", "messages"]
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update deliveries set status = 'delivered' where id = $1", delivery_id)
    await deliveries.drop_partitions(db, clock)
    assert await _weeks_of(db, clock, 100) == []


async def test_what_was_queued_long_ago_and_never_told_of_keeps_no_week(
    db: Database, clock: FixedClock, tenant: Tenant
) -> None:
    await _go_back(db, clock, 100)
    delivery_id = await _delivery(db, clock, tenant, 100, "queued")
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update deliveries set last_event_at = $2 where id = $1", delivery_id, clock.now() - timedelta(days=15)
        )
    await deliveries.drop_partitions(db, clock)
    assert await _weeks_of(db, clock, 100) == []


async def test_a_table_that_is_in_use_keeps_its_week_until_another_day(db: Database, clock: FixedClock) -> None:
    await _go_back(db, clock, 100)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("select from events limit 1")
        await deliveries.drop_partitions(db, clock)
        assert await _weeks_of(db, clock, 100) == ["events"]
    await deliveries.drop_partitions(db, clock)
    assert await _weeks_of(db, clock, 100) == []


async def test_what_is_not_old_cannot_be_dropped_at_all(db: Database, clock: FixedClock) -> None:
    async with db.fleet_tx() as tx:
        name = await tx.connection.fetchval("select name from partitions_of('events') order by first desc limit 1")
    for parent, child in (("events", name), ("events", "tenants"), ("tenants", "tenants")):
        with pytest.raises(asyncpg.InvalidParameterValueError):
            async with db.fleet_tx() as tx:
                await tx.connection.execute("select drop_partition($1, $2)", parent, child)


async def test_what_a_node_tells_of_two_months_ago_is_not_stored(clock: FixedClock) -> None:
    old, new = (
        wire.Event(
            id=ids.bare(ids.new_uuid(at_ms)),
            type="message.delivered",
            at_ms=at_ms,
            tenant_id=ids.encode("ten", ids.new_uuid()),
            message_id=ids.encode("msg", ids.new_uuid()),
            delivery_id=ids.encode("dlv", ids.new_uuid(at_ms)),
            recipient="bob@else.test",
        )
        for at_ms in (int((clock.now() - timedelta(days=days)).timestamp() * 1000) for days in (61, 59))
    )
    stored, refused = reports.read([old, new], "nod_1", clock.now())
    assert ([ids.bare(each.id) for each in stored], refused) == ([new.id], [old])
