"""Counters that differ from what there is are put right, and old windows forgotten."""

from collections.abc import Awaitable, Callable

import asyncpg

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.quotas.conftest import SetLimits, TestClock, usage_of

PutBelow = Callable[[Tenant, Tenant], Awaitable[None]]


async def test_domains_that_nobody_counted_are_found_and_so_are_those_that_are_gone(
    db: Database, tenant: Tenant, stranger: Tenant, make_domain: MakeDomain, clock: TestClock
) -> None:
    await make_domain(tenant, "acme")
    await make_domain(tenant, "acme")
    with acting_for(stranger.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {"domains": 9, "storage_bytes": 5})
    await quotas.recount(db, clock)
    assert await usage_of(db, tenant.id, "domains") == 2
    assert (await usage_of(db, stranger.id, "domains"), await usage_of(db, stranger.id, "storage_bytes")) == (0, 0)


async def test_what_clients_used_before_their_agency_was_limited_counts_for_it(
    db: Database, tenant: Tenant, agency: Tenant, put_below: PutBelow, limit: SetLimits, clock: TestClock
) -> None:
    await put_below(tenant, agency)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, dict.fromkeys(MESSAGES, 6), clock.now())
    await limit(agency.id, messages_month=10)
    await quotas.recount(db, clock)
    assert await usage_of(db, agency.id, "messages_month") == 6


async def test_what_is_right_is_left_alone(
    db: Database, tenant: Tenant, make_domain: MakeDomain, clock: TestClock
) -> None:
    await make_domain(tenant, "acme")
    await quotas.recount(db, clock)

    async def version() -> asyncpg.Record | None:
        async with db.fleet_tx() as tx:
            return await tx.connection.fetchrow("select xmin, ctid from usage where tenant_id = $1", tenant.id)

    before = await version()
    await quotas.recount(db, clock)
    assert before == await version()


async def test_windows_of_more_than_a_year_ago_are_forgotten(db: Database, tenant: Tenant, clock: TestClock) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, dict.fromkeys(MESSAGES, 1), clock.now())
            await quotas.take(tx, {"contacts": 1})
    clock.forward(days=402)
    await quotas.purge(db, clock)
    assert await usage_of(db, tenant.id, "messages_hour") == 0
    assert await usage_of(db, tenant.id, "contacts") == 1


async def test_absurdly_much_of_one_tenant_stops_neither_the_recount_nor_the_warnings(
    db: Database,
    tenant: Tenant,
    stranger: Tenant,
    agency: Tenant,
    put_below: PutBelow,
    limit: SetLimits,
    clock: TestClock,
) -> None:
    for each in (tenant, stranger):
        await put_below(each, agency)
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                """insert into usage (tenant_id, resource, window_start, used, own)
                   values ($1, 'contacts', '-infinity', $2, $2)""",
                each.id,
                2**62,
            )
    for each in (tenant, agency):
        await limit(each.id, contacts=10)
    await quotas.recount(db, clock)
    await quotas.tell(db, clock)
    assert await usage_of(db, agency.id, "contacts") == 2**62
    for each in (tenant, stranger, agency):  # other tests recount as well
        await limit(each.id)
        async with db.fleet_tx() as tx:
            await tx.connection.execute("delete from usage where tenant_id = $1", each.id)
