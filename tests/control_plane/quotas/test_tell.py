"""Tenants are told once per window that a limit is near, and that it is reached."""

from collections.abc import Awaitable, Callable

import msgspec

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES
from tests.conftest import Tenant
from tests.control_plane.quotas.conftest import SetLimits, TestClock

PutBelow = Callable[[Tenant, Tenant], Awaitable[None]]


async def send(db: Database, tenant: Tenant, clock: TestClock, messages: int) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.count(tx, dict.fromkeys(MESSAGES, messages), clock.now())


async def told(db: Database, tenant: Tenant) -> list[tuple[str, str]]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch(
                "select type, data::text as data from events where type like 'quota.%' order by id"
            )
    return [(row["type"], msgspec.json.decode(row["data"])["resource"]) for row in rows]


async def test_a_warning_goes_out_once_per_window(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    await limit(tenant.id, messages_hour=10)
    await send(db, tenant, clock, 7)
    await quotas.tell(db, clock)
    assert await told(db, tenant) == []
    for _ in range(2):
        await send(db, tenant, clock, 1)
        await quotas.tell(db, clock)
    assert await told(db, tenant) == [("quota.warning", "messages_hour")]
    clock.forward(hours=1)
    await send(db, tenant, clock, 8)
    await quotas.tell(db, clock)
    assert await told(db, tenant) == [("quota.warning", "messages_hour")] * 2


async def test_when_nothing_is_left_that_is_told_too(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    await limit(tenant.id, messages_day=10)
    await send(db, tenant, clock, 9)
    await quotas.tell(db, clock)
    await send(db, tenant, clock, 1)
    await quotas.tell(db, clock)
    assert await told(db, tenant) == [("quota.warning", "messages_day"), ("quota.exceeded", "messages_day")]


async def test_an_agency_is_told_of_its_own_limit_that_its_clients_used(
    db: Database, tenant: Tenant, agency: Tenant, limit: SetLimits, put_below: PutBelow, clock: TestClock
) -> None:
    await put_below(tenant, agency)
    await limit(agency.id, messages_month=10)
    await send(db, tenant, clock, 8)
    await quotas.tell(db, clock)
    assert await told(db, agency) == [("quota.warning", "messages_month")]
    assert await told(db, tenant) == []


async def test_the_webhooks_that_want_to_know_are_told(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into webhooks (tenant_id, id, url, events, secrets)
                   values (app_tenant(), new_uuid(), 'https://a.test', array['quota.warning'], '')"""
            )
    await limit(tenant.id, messages_hour=1)
    await send(db, tenant, clock, 1)
    await quotas.tell(db, clock)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            assert await tx.connection.fetchval("select count(*) from webhook_deliveries") == 1


async def test_of_what_has_no_window_one_is_warned_again_after_it_was_less(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    await limit(tenant.id, domains=5)

    async def add(domains: int) -> None:
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                await quotas.count(tx, {"domains": domains})
        await quotas.tell(db, clock)

    for change in (4, -2, 2):
        await add(change)
    assert await told(db, tenant) == [("quota.warning", "domains")] * 2


async def test_who_has_nothing_of_something_is_not_told_that_it_is_used_up(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    await limit(tenant.id, domains=0)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.hold(tx, "domains")
    await quotas.tell(db, clock)
    assert await told(db, tenant) == []
