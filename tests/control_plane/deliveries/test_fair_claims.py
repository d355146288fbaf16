"""Claims among several tenants on the real database: in turns, whoever claims, and nothing left behind."""

import asyncio
import time
from collections import Counter
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from tenant_agent import wire
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.deliveries.conftest import LetWait, MakePool


async def claimed(db: Database, node: FleetNode, limit: int) -> Counter[str]:
    """Claim once, and count by tenant."""
    offer = await deliveries.claim(db, node.id, limit)
    return Counter() if offer is None else by_tenant(offer)


def by_tenant(offer: wire.Offer) -> Counter[str]:
    """Count an offer's deliveries by tenant."""
    envelopes = [msgspec.msgpack.decode(each.envelope, type=wire.Envelope) for each in offer.messages]
    return Counter(envelopes[delivery.message].tenant_id for delivery in offer.deliveries)


def public(tenant: Tenant) -> str:
    """Give a tenant's public id."""
    return ids.encode("ten", tenant.id)


async def oldest_of(db: Database, tenant: Tenant) -> UUID:
    """Give from which id on mail of a tenant is looked for."""
    async with db.fleet_tx() as tx:
        oldest: UUID = await tx.connection.fetchval("select oldest from turns where tenant_id = $1", tenant.id)
    return oldest


async def is_in_line(db: Database, tenant: Tenant, pool_id: UUID) -> bool:
    """Say whether a tenant is taken to wait."""
    async with db.fleet_tx() as tx:
        waiting: bool = await tx.connection.fetchval(
            "select waiting from turns where tenant_id = $1 and pool_id = $2", tenant.id, pool_id
        )
    return waiting


async def test_a_long_backlog_of_one_does_not_delay_another(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, stranger: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    await let_wait(tenant, pool, 500)
    assert await claimed(db, node, 100) == {public(tenant): 100}
    await let_wait(stranger, pool, 10)
    assert await claimed(db, node, 30) == {public(tenant): 20, public(stranger): 10}
    assert not await is_in_line(db, stranger, pool)
    assert await claimed(db, node, 50) == {public(tenant): 50}


async def test_who_was_idle_has_saved_nothing_up(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, stranger: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    await let_wait(stranger, pool, 1)
    await claimed(db, node, 1)
    await let_wait(tenant, pool, 1000)
    for _ in range(4):
        await claimed(db, node, 200)
    await let_wait(stranger, pool, 200)
    assert await claimed(db, node, 100) == {public(tenant): 49, public(stranger): 51}


async def test_a_plan_with_more_weight_gets_more(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, stranger: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    async with db.fleet_tx() as tx:
        giver = await tx.connection.fetchval("select coalesce(parent_id, id) from tenants where id = $1", tenant.id)
    plan_id = await heavy_plan(db, giver, 3.0)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set plan_id = $2 where id = $1", tenant.id, plan_id)
    for each in (tenant, stranger):
        await let_wait(each, pool, 200)
    assert await claimed(db, node, 100) == {public(tenant): 75, public(stranger): 25}


async def heavy_plan(db: Database, giver: TenantId, weight: float) -> UUID:
    """Make a plan with a weight."""
    plan_id = ids.new_uuid()
    with acting_for(giver):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "insert into plans (tenant_id, id, name, weight) values (app_tenant(), $1, 'Heavy', $2)",
                plan_id,
                weight,
            )
    return plan_id


async def test_broadcast_mail_is_not_starved_by_transactional(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, stranger: Tenant
) -> None:
    node = await make_node()
    fast, slow = await make_pool(node), await make_pool(node, stream="broadcast")
    await let_wait(tenant, fast, 200)
    await let_wait(stranger, slow, 200)
    assert await claimed(db, node, 100) == {public(tenant): 80, public(stranger): 20}


async def test_many_nodes_that_claim_at_once_get_everything_once(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, make_tenant: MakeTenant
) -> None:
    nodes = [await make_node() for _ in range(3)]
    pool = await make_pool(*nodes)
    tenants = [await make_tenant() for _ in range(12)]
    sent = [each for number, tenant in enumerate(tenants) for each in await let_wait(tenant, pool, 1 + number * 3)]

    async def claim_all(node: FleetNode) -> list[str]:
        mine: list[str] = []
        while offer := await deliveries.claim(db, node.id, 7):
            mine += [offered.delivery_id for offered in offer.deliveries]
        return mine

    shares = await asyncio.gather(*(claim_all(node) for node in nodes for _ in range(2)))
    assert sorted(delivery for share in shares for delivery in share) == sorted(sent)
    assert [await is_in_line(db, tenant, pool) for tenant in tenants] == [False] * 12


async def test_mail_that_is_let_wait_while_the_line_is_emptied_is_not_forgotten(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    sent: list[str] = []
    got: list[str] = []

    async def send() -> None:
        for _ in range(40):
            sent.extend(await let_wait(tenant, pool, 1))

    async def claim() -> None:
        while len(got) < 40:
            offer = await deliveries.claim(db, node.id, 5)
            got.extend([] if offer is None else [offered.delivery_id for offered in offer.deliveries])

    async with asyncio.timeout(30):
        await asyncio.gather(send(), claim())
    assert sorted(got) == sorted(sent)


async def test_a_suspended_tenant_is_passed_over_and_comes_back_where_the_others_are(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, stranger: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    await let_wait(stranger, pool, 300)
    await set_status(db, stranger, "suspended")
    await let_wait(tenant, pool, 1000)
    assert await claimed(db, node, 100) == {public(tenant): 100}
    async with db.fleet_tx() as tx:
        await deliveries.hold_suspended(tx, stranger.id, 1000)
    assert not await is_in_line(db, stranger, pool)
    for _ in range(3):
        await claimed(db, node, 200)
    await set_status(db, stranger, "active")
    async with db.fleet_tx() as tx:
        await deliveries.free_suspended(tx, stranger.id, 1000)
    assert await claimed(db, node, 100) == {public(tenant): 49, public(stranger): 51}


async def set_status(db: Database, tenant: Tenant, status: str) -> None:
    """Suspend a tenant, or let it go on."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set status = $2 where id = $1", tenant.id, status)


async def test_who_waits_outside_of_the_line_is_found(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    sent = await let_wait(tenant, pool, 3)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from turns where tenant_id = $1", tenant.id)
    assert await deliveries.claim(db, node.id, 10) is None
    await deliveries.find_turns(db)
    offer = await deliveries.claim(db, node.id, 10)
    assert offer is not None
    assert sorted(each.delivery_id for each in offer.deliveries) == sorted(sent)


HOUR_MS = 3_600_000


async def test_where_nothing_is_left_nothing_old_is_looked_for(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    """Or each claim would walk past all that ever waited, until the next vacuum."""
    node = await make_node()
    pool = await make_pool(node)
    await let_wait(tenant, pool, 3, at_ms=int(time.time() * 1000) - HOUR_MS)
    begun = await oldest_of(db, tenant)
    assert await claimed(db, node, 2) == {public(tenant): 2}
    assert await oldest_of(db, tenant) == begun, "something is left"
    assert await claimed(db, node, 2) == {public(tenant): 1}
    age_ms = time.time() * 1000 - ids.time_ms_of(await oldest_of(db, tenant))
    assert 100_000 < age_ms < 200_000


async def test_what_is_older_than_what_was_looked_for_is_claimed_all_the_same(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    await let_wait(tenant, pool)
    assert await claimed(db, node, 2) == {public(tenant): 1}
    now_ms = int(time.time() * 1000)
    await let_wait(tenant, pool)
    await let_wait(tenant, pool, at_ms=now_ms - HOUR_MS)
    assert await claimed(db, node, 5) == {public(tenant): 2}
    await let_wait(tenant, pool, at_ms=now_ms - 2 * HOUR_MS)
    assert await claimed(db, node, 5) == {public(tenant): 1}


async def test_what_a_node_gives_back_is_found_however_old_it_is(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node, other = await make_node(), await make_node()
    pool = await make_pool(node, other)
    await let_wait(tenant, pool, at_ms=int(time.time() * 1000) - HOUR_MS)
    offer = await deliveries.claim(db, node.id, 5)
    assert offer is not None
    assert await deliveries.take(db, node.id, offer.lease_id)
    assert ids.time_ms_of(await oldest_of(db, tenant)) > 0
    returned = tuple(wire.Returned(each.delivery_id, offer.lease_id, "no address") for each in offer.deliveries)
    await deliveries.give_back(db, node.id, returned, SystemClock())
    assert await claimed(db, other, 5) == {public(tenant): 1}


async def test_who_waits_where_nobody_looks_is_found(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    await let_wait(tenant, pool)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update turns set oldest = uuid_at(now() + interval '1 hour')")
    assert await deliveries.claim(db, node.id, 5) is None
    await deliveries.find_turns(db)
    assert await claimed(db, node, 5) == {public(tenant): 1}


async def test_mail_that_is_accepted_while_a_claim_ends_is_in_line(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    for _ in range(20):
        await asyncio.gather(let_wait(tenant, pool, 2), deliveries.claim(db, node.id, 10), let_wait(tenant, pool))
        while await deliveries.claim(db, node.id, 10) is not None:
            pass
        async with db.fleet_tx() as tx:
            left = await tx.connection.fetchval(
                "select count(*) from deliveries where tenant_id = $1 and lease_id is null", tenant.id
            )
        assert left == 0
