"""Deliveries are counted where their state changes, folded once, and read by whom they concern."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from control_plane.analytics import queries, service
from control_plane.analytics.schemas import Counts
from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeTenant, Tenant

NOW = datetime.now(UTC)
HOUR = NOW.replace(minute=0, second=0, microsecond=0)


async def deliver(
    db: Database, tenant: Tenant, recipients: list[str], *, at: datetime = NOW, status: str = "accepted"
) -> list[UUID]:
    """Store deliveries as an acceptance does, in one statement."""
    made = [ids.new_uuid(int(at.timestamp() * 1000)) for _ in recipients]
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            pool = await tx.connection.fetchval("select id from ip_pools where stream = 'transactional' limit 1")
            await tx.connection.execute(
                """insert into deliveries (tenant_id, id, message_id, kind, recipient, pool_id, status)
                   select $1, d.id, d.id, 'to', d.recipient, $4, $5
                   from unnest($2::uuid[], $3::text[]) as d (id, recipient)""",
                tenant.id,
                made,
                recipients,
                pool,
                status,
            )
    return made


async def move(db: Database, tenant: Tenant, delivery_ids: list[UUID], status: str) -> None:
    """Change states as the storing of events does."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update deliveries set status = $3 where tenant_id = $1 and id = any ($2)", tenant.id, delivery_ids, status
        )


async def counted(db: Database, tenant: Tenant) -> Counts:
    """Read the tenant's present hour."""
    with acting_for(tenant.id):
        hours = await service.own_hours(db, HOUR)
    return hours[0].counts if hours else Counts()


async def deltas_of(db: Database, tenant: Tenant) -> int:
    async with db.fleet_tx() as tx:
        count: int = await tx.connection.fetchval(
            "select count(*) from delivery_deltas where tenant_id = $1", tenant.id
        )
    return count


async def break_off(db: Database, act: Callable[[Transaction], Awaitable[object]]) -> None:
    """Do something in a transaction that comes to nothing."""

    async def tried() -> None:
        async with db.fleet_tx() as tx:
            await act(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await tried()


async def test_what_was_just_accepted_is_read_before_it_is_folded(db: Database, tenant: Tenant) -> None:
    await deliver(db, tenant, ["a@gmail.com", "b@gmail.com", "c@else.test"])
    assert await counted(db, tenant) == Counts(deliveries=3)
    assert await deltas_of(db, tenant) in (0, 2)  # one row per provider, not per delivery


async def test_a_delivery_is_counted_in_the_state_that_it_is_in(db: Database, tenant: Tenant) -> None:
    one, two, three = await deliver(db, tenant, ["a@gmail.com", "b@gmail.com", "c@else.test"])
    await move(db, tenant, [one, two, three], "deferred")
    await move(db, tenant, [one, two], "delivered")
    await move(db, tenant, [three], "bounced")
    expected = Counts(deliveries=3, delivered=2, bounced=1)
    assert await counted(db, tenant) == expected
    await service.fold(db)
    assert await counted(db, tenant) == expected
    assert (expected.waiting, round(expected.bounce_rate, 3)) == (0, 0.333)


async def test_a_claim_that_changes_no_state_leaves_no_row(db: Database, tenant: Tenant) -> None:
    made = await deliver(db, tenant, ["a@gmail.com"] * 5)
    await service.fold(db)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update deliveries set lease_id = $2 where tenant_id = $1 and id = any ($3)",
            tenant.id,
            ids.new_uuid(),
            made,
        )
    assert await deltas_of(db, tenant) == 0


async def test_folding_at_the_same_time_counts_once(db: Database, tenant: Tenant) -> None:
    for _ in range(20):
        await deliver(db, tenant, ["a@gmail.com", "b@else.test"])
    await asyncio.gather(*(service.fold(db) for _ in range(6)))
    assert await counted(db, tenant) == Counts(deliveries=40)
    assert await deltas_of(db, tenant) == 0


async def test_a_fold_that_is_broken_off_leaves_everything_to_the_next(db: Database, tenant: Tenant) -> None:
    await deliver(db, tenant, ["a@gmail.com"])
    await break_off(db, lambda tx: queries.fold(tx.connection, 1000))
    assert await counted(db, tenant) == Counts(deliveries=1)
    await service.fold(db)
    await service.fold(db)
    assert await counted(db, tenant) == Counts(deliveries=1)


async def test_a_change_that_is_rolled_back_was_never_counted(db: Database, tenant: Tenant) -> None:
    [made] = await deliver(db, tenant, ["a@gmail.com"])
    await break_off(db, lambda tx: tx.connection.execute("update deliveries set status = 'failed' where id = $1", made))
    assert await counted(db, tenant) == Counts(deliveries=1)


async def test_hours_and_days_are_those_of_the_acceptance(db: Database, tenant: Tenant) -> None:
    yesterday = HOUR - timedelta(days=1)
    [old] = await deliver(db, tenant, ["a@gmail.com"], at=yesterday + timedelta(minutes=59))
    await deliver(db, tenant, ["a@gmail.com"])
    await move(db, tenant, [old], "delivered")
    for _ in ("before the fold", "after the fold"):
        with acting_for(tenant.id):
            hours = await service.own_hours(db, yesterday)
        assert [(hour.start, hour.counts.delivered) for hour in hours] == [(yesterday, 1), (HOUR, 0)]
        async with db.fleet_tx() as tx:
            days = await service.buckets(tx, [tenant.id], "day", service.month_start(NOW))
        assert [day.start for day in days] == [day.replace(hour=0) for day in (yesterday, HOUR)]
        await service.fold(db)


async def test_parts_tell_streams_and_providers_apart(db: Database, tenant: Tenant) -> None:
    await deliver(db, tenant, ["a@GMAIL.com", "b@hotmail.com", '"c@gmail.com"@else.test'])
    until = HOUR + timedelta(hours=1)
    for _ in ("before the fold", "after the fold"):
        with acting_for(tenant.id):
            every = await service.parts(db, "hour", HOUR, until)
            google = await service.parts(db, "day", HOUR, until, stream="transactional", provider="google")
        assert [part.provider for part in every] == ["generic", "google", "microsoft"]
        assert [(part.provider, part.counts.deliveries) for part in google] == [("google", 1)]
        await service.fold(db)


async def test_an_agency_reads_how_its_clients_fare_and_nobody_else_does(
    db: Database, make_tenant: MakeTenant, stranger: Tenant
) -> None:
    agency, client = await make_tenant("agency"), await make_tenant()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set parent_id = $2, path = array[$2, id] where id = $1", client.id, agency.id
        )
    await deliver(db, client, ["a@gmail.com"])
    for _ in ("before the fold", "after the fold"):
        seen = {}
        for reader in (agency, client, stranger):
            with acting_for(reader.id):
                async with db.tenant_tx() as tx:
                    found = (await service.fared(tx, [client.id], NOW))[client.id]
                    course = (await service.courses(tx, [client.id], NOW))[client.id]
            seen[reader.id] = (found.day.deliveries, found.month.deliveries, sum(course), found.last_at is not None)
        assert seen == {agency.id: (1, 1, 1, True), client.id: (1, 1, 1, True), stranger.id: (0, 0, 0, False)}
        await service.fold(db)


async def test_old_hours_go_and_their_days_stay(db: Database, tenant: Tenant) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into delivery_deltas (tenant_id, hour, stream, provider, status, deliveries)
               values ($1, $2, 'transactional', 'google', 'delivered', 7)""",
            tenant.id,
            HOUR - timedelta(days=91),
        )
    await service.fold(db)
    await service.forget_hours(db, FixedClock(NOW))
    async with db.fleet_tx() as tx:
        grains = await tx.connection.fetch("select grain from delivery_stats where tenant_id = $1", tenant.id)
    assert [row["grain"] for row in grains] == ["day"]
