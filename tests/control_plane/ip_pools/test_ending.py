"""Addresses of tenants that are closed: drained, had back when the tenant is reopened, and else given up."""

from datetime import timedelta

import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.ip_pools.service import ending
from tests.conftest import Tenant
from tests.control_plane.ip_pools.conftest import AddIp, MakePool, PutInto, uuid_of


@pytest.fixture
def clock(runtime: Runtime) -> FixedClock:
    return FixedClock(runtime.clock.now())


async def close(db: Database, tenant: Tenant, clock: FixedClock, days: int | None) -> None:
    """Let a tenant be closed in some days, or be open."""
    async with db.fleet_tx() as tx:
        at = None if days is None else clock.now() + timedelta(days=days)
        await tx.connection.execute("update tenants set closing_at = $2 where id = $1", tenant.id, at)


async def state(db: Database, ip_id: str) -> tuple[str, str]:
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow("select status, reason from ips where id = $1", uuid_of(ip_id))
    assert row is not None
    return row["status"], row["reason"]


async def test_they_are_drained_when_it_is_closed_and_serve_again_when_it_is_reopened(
    db: Database, clock: FixedClock, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, tenant: Tenant
) -> None:
    own, shared = await add_ip(await make_pool(tenant)), await add_ip(await make_pool())
    by_hand = await add_ip(await make_pool(tenant))
    for ip in (own, shared):
        await put_into(ip["id"], "active")
    await put_into(by_hand["id"], "draining")
    await close(db, tenant, clock, 30)
    for _ in range(2):
        await ending.see_off(db, clock)
    assert await state(db, own["id"]) == ("draining", "its account was closed")
    assert (await state(db, shared["id"]))[0] == "active"
    await close(db, tenant, clock, None)
    await ending.see_off(db, clock)
    assert await state(db, own["id"]) == ("active", "")
    assert (await state(db, by_hand["id"]))[0] == "draining", "an operator's reason is another one"


async def test_when_it_cannot_be_reopened_they_are_given_up_and_cool_down(
    db: Database, clock: FixedClock, make_pool: MakePool, add_ip: AddIp, put_into: PutInto, tenant: Tenant
) -> None:
    ip = await add_ip(await make_pool(tenant))
    await put_into(ip["id"], "active")
    await close(db, tenant, clock, 1)
    await ending.see_off(db, clock)
    clock.move(timedelta(days=2))
    await ending.see_off(db, clock)
    assert (await state(db, ip["id"]))[0] == "draining", "what is in the queue is seen off first"
    clock.move(timedelta(days=5))
    await ending.see_off(db, clock)
    assert await state(db, ip["id"]) == ("released", "its account was closed")
    async with db.fleet_tx() as tx:
        ended = await tx.connection.fetchval("select ended_at from ip_tenures where ip_id = $1", uuid_of(ip["id"]))
    assert ended is not None
