"""Counting up the tree: exact, all or nothing, and undone by a rollback."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.quotas import service as quotas
from control_plane.quotas.errors import QuotaExceeded
from control_plane.quotas.resources import MESSAGES
from control_plane.quotas.schemas import Count
from tests.conftest import Tenant
from tests.control_plane.quotas.conftest import SetLimits, SetPlan, TestClock, usage_of

PutBelow = Callable[[Tenant, Tenant], Awaitable[None]]


async def send(db: Database, tenant: Tenant, clock: TestClock, messages: int) -> list[Count]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return await quotas.count(tx, dict.fromkeys(MESSAGES, messages), clock.now())


async def add_domain(db: Database, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {"domains": 1})


async def test_without_a_limit_everything_fits_and_is_counted(db: Database, tenant: Tenant, clock: TestClock) -> None:
    counts = await send(db, tenant, clock, 7)
    assert all(count.fits and count.room is None for count in counts)
    assert await usage_of(db, tenant.id, "messages_month") == 7


async def test_a_limit_lets_exactly_itself_through(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    await limit(tenant.id, messages_day=10)
    assert all(count.fits for count in await send(db, tenant, clock, 10))
    assert not any(count.fits for count in await send(db, tenant, clock, 1))
    assert await usage_of(db, tenant.id, "messages_day") == 10


async def test_what_does_not_fit_into_one_window_is_counted_in_none(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock
) -> None:
    await limit(tenant.id, messages_hour=5, messages_month=100)
    await send(db, tenant, clock, 6)
    assert await usage_of(db, tenant.id, "messages_month") == 0


@pytest.mark.parametrize(
    ("resource", "units"),
    [("messages_hour", {"hours": 1}), ("messages_day", {"days": 1}), ("messages_month", {"days": 31})],
)
async def test_a_window_that_turns_begins_anew(
    db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock, resource: str, units: dict[str, int]
) -> None:
    await limit(tenant.id, **{resource: 1})
    assert (await send(db, tenant, clock, 1))[0].fits
    assert not (await send(db, tenant, clock, 1))[0].fits
    clock.forward(**units)
    assert (await send(db, tenant, clock, 1))[0].fits


async def test_a_rollback_uncounts(db: Database, tenant: Tenant) -> None:
    async def change_ones_mind() -> None:
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {"domains": 1})
            raise RuntimeError

    with acting_for(tenant.id), pytest.raises(RuntimeError):
        await change_ones_mind()
    assert await usage_of(db, tenant.id, "domains") == 0


async def test_clients_use_what_their_agency_has(
    db: Database, make_tenant: Callable[..., Awaitable[Tenant]], agency: Tenant, limit: SetLimits, put_below: PutBelow
) -> None:
    one, other = await make_tenant(), await make_tenant()
    await put_below(one, agency)
    await put_below(other, agency)
    await limit(agency.id, domains=2)
    await add_domain(db, one)
    await add_domain(db, other)
    with pytest.raises(QuotaExceeded, match=r"^Your provider's own allowance of domains is used up\. Delete"):
        await add_domain(db, one)
    assert await usage_of(db, agency.id, "domains") == 2


async def test_a_refusal_counts_nothing_anywhere_in_the_tree(
    db: Database, tenant: Tenant, agency: Tenant, limit: SetLimits, put_below: PutBelow, clock: TestClock
) -> None:
    await put_below(tenant, agency)
    await limit(agency.id, messages_day=100)
    await limit(tenant.id, messages_day=5)
    counts = await send(db, tenant, clock, 6)
    assert not counts[0].fits
    assert await usage_of(db, agency.id, "messages_day") == 0


async def test_who_has_no_limit_above_is_not_touched(
    db: Database, tenant: Tenant, agency: Tenant, put_below: PutBelow
) -> None:
    await put_below(tenant, agency)
    await add_domain(db, tenant)
    async with db.fleet_tx() as tx:
        assert await tx.connection.fetchval("select count(*) from usage where tenant_id = $1", agency.id) == 0


async def test_a_plan_limits_and_what_was_set_for_the_tenant_comes_before_it(
    db: Database, tenant: Tenant, put_on_plan: SetPlan, limit: SetLimits
) -> None:
    await put_on_plan(tenant.id, domains=1)
    await add_domain(db, tenant)
    with pytest.raises(QuotaExceeded, match=r"your limit allows: 1 of 1 domains are used\. Delete what"):
        await add_domain(db, tenant)
    await limit(tenant.id, domains=None)
    await add_domain(db, tenant)


async def test_what_is_given_back_can_be_used_again(db: Database, tenant: Tenant, limit: SetLimits) -> None:
    await limit(tenant.id, domains=1)
    await add_domain(db, tenant)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.give_back(tx, {"domains": 1})
    await add_domain(db, tenant)


async def test_more_than_there_is_cannot_be_given_back(db: Database, tenant: Tenant) -> None:
    await add_domain(db, tenant)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.give_back(tx, {"domains": 5})
    assert await usage_of(db, tenant.id, "domains") == 0


async def test_a_thousand_at_once_get_exactly_the_limit(
    db: Database, tenant: Tenant, agency: Tenant, limit: SetLimits, put_below: PutBelow
) -> None:
    await put_below(tenant, agency)
    await limit(agency.id, domains=137)

    async def try_it() -> bool:
        try:
            await add_domain(db, tenant)
        except QuotaExceeded:
            return False
        return True

    assert sum(await asyncio.gather(*(try_it() for _ in range(1000)))) == 137
    assert await usage_of(db, agency.id, "domains") == 137


async def test_nobody_is_counted_without_a_tenant(db: Database) -> None:
    async with db.fleet_tx() as tx:
        with pytest.raises(Exception, match="no tenant is bound"):
            await tx.connection.fetch("select * from consume_quota(array['domains'], array[1::bigint], now())")
