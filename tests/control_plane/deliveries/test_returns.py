"""Deliveries that nodes give back, and what becomes of a lost node's, on the real database."""

from datetime import timedelta
from uuid import UUID

import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.deliveries.conftest import LetWait, MakePool, add_address


async def claim_and_take(db: Database, node: FleetNode) -> wire.Offer:
    """Claim what waits, for good; there must be something."""
    offer = await deliveries.claim(db, node.id, 100)
    assert offer is not None
    assert await deliveries.take(db, node.id, offer.lease_id)
    return offer


async def offered(db: Database, node: FleetNode) -> list[str]:
    """Claim what waits for a node."""
    offer = await deliveries.claim(db, node.id, 100)
    return [] if offer is None else [each.delivery_id for each in offer.deliveries]


def returned(offer: wire.Offer, not_before_ms: int = 0) -> list[wire.Returned]:
    """Give all of an offer back."""
    return [
        wire.Returned(each.delivery_id, offer.lease_id, "the address may send no more today", not_before_ms)
        for each in offer.deliveries
    ]


def in_ms(clock: FixedClock, **units: float) -> int:
    """Give a moment from now as nodes do."""
    return int((clock.now() + timedelta(**units)).timestamp() * 1000)


@pytest.fixture
def clock(runtime: Runtime) -> FixedClock:
    """A clock that begins now; the database's goes on."""
    return FixedClock(runtime.clock.now())


async def test_what_a_node_gives_back_another_takes_at_once(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, clock: FixedClock
) -> None:
    first, second = await make_node(), await make_node()
    sent = await let_wait(tenant, await make_pool(first, second), 3)
    offer = await claim_and_take(db, first)
    assert await deliveries.give_back(db, first.id, returned(offer, in_ms(clock, hours=1)), clock) == 3
    assert await offered(db, first) == [], "it said that it cannot"
    assert sorted(await offered(db, second)) == sorted(sent)


async def test_what_is_given_back_twice_is_given_back_once(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, clock: FixedClock
) -> None:
    first, second = await make_node(), await make_node()
    await let_wait(tenant, await make_pool(first, second))
    offer = await claim_and_take(db, first)
    assert await deliveries.give_back(db, first.id, returned(offer) * 2, clock) == 1
    await claim_and_take(db, second)
    assert await deliveries.give_back(db, first.id, returned(offer), clock) == 0
    assert await offered(db, first) == [], "it is the other's now"


async def test_a_late_word_does_not_take_back_what_the_node_took_anew(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, clock: FixedClock
) -> None:
    node = await make_node()
    await let_wait(tenant, await make_pool(node))
    offer = await claim_and_take(db, node)
    await deliveries.give_back(db, node.id, returned(offer), clock)
    await let_time_pass(db)
    await deliveries.unpark(db, clock)
    again = await claim_and_take(db, node)
    assert again.deliveries[0].delivery_id == offer.deliveries[0].delivery_id
    assert await deliveries.give_back(db, node.id, returned(offer), clock) == 0


async def let_time_pass(db: Database) -> None:
    """Have every node that gave something back be able to take it again."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update returns set not_before = now() - interval '1 hour'")
        await tx.connection.execute(
            "update deliveries set parked_until = now() - interval '1 hour' where parked_until is not null"
        )


async def test_what_no_node_can_take_is_set_aside_until_one_can(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, clock: FixedClock
) -> None:
    first, second = await make_node(), await make_node()
    pool = await make_pool(first, second)
    await let_wait(tenant, pool, 2)
    for node in (first, second):
        offer = await claim_and_take(db, node)
        await deliveries.give_back(db, node.id, returned(offer, in_ms(clock, hours=2)), clock)
    assert await parked(db, tenant) == 2
    assert await offered(db, first) == await offered(db, second) == []
    clock.move(timedelta(seconds=61))
    await deliveries.unpark(db, clock)
    assert await parked(db, tenant) == 2, "nobody can take it yet"
    third = await make_node()
    await add_address(db, pool, third)
    clock.move(timedelta(seconds=61))
    await deliveries.unpark(db, clock)
    assert await parked(db, tenant) == 0
    assert len(await offered(db, third)) == 2


async def parked(db: Database, tenant: Tenant) -> int:
    """Count what is set aside."""
    async with db.fleet_tx() as tx:
        found: int = await tx.connection.fetchval(
            "select count(*) from deliveries where tenant_id = $1 and parked_until is not null", tenant.id
        )
    return found


async def test_what_was_never_taken_or_is_another_nodes_or_is_queued_is_not_given_back(
    runtime: Runtime,
    db: Database,
    make_node: MakeNode,
    make_pool: MakePool,
    let_wait: LetWait,
    tenant: Tenant,
    clock: FixedClock,
) -> None:
    first, second = await make_node(), await make_node()
    await let_wait(tenant, await make_pool(first, second))
    offer = await deliveries.claim(db, first.id, 10)
    assert offer is not None
    assert await deliveries.give_back(db, first.id, returned(offer), clock) == 0, "it was not taken"
    await deliveries.take(db, first.id, offer.lease_id)
    assert await deliveries.give_back(db, second.id, returned(offer), clock) == 0, "it is another's"
    await queue(runtime, first, offer, tenant)
    assert await deliveries.give_back(db, first.id, returned(offer), clock) == 0, "it is in the queue"


async def queue(runtime: Runtime, node: FleetNode, offer: wire.Offer, tenant: Tenant) -> None:
    """Report all of an offer as queued."""
    events = []
    for each in offer.deliveries:
        event_id = ids.new_uuid()
        events.append(
            wire.Event(
                id=ids.bare(event_id),
                type="message.queued",
                at_ms=ids.time_ms_of(event_id),
                tenant_id=ids.encode("ten", tenant.id),
                message_id="",
                delivery_id=each.delivery_id,
                recipient=each.recipient,
            )
        )
    await deliveries.ingest(runtime.db, node.id, events, runtime.clock)


@pytest.mark.parametrize(
    "odd",
    [
        wire.Returned("nothing", "nothing", "x"),
        wire.Returned("dlv_" + "0" * 26, "0" * 32, "\0" * 10_000, 2**62),
        wire.Returned("dlv_" + "0" * 26, "00000000-0000-0000-0000-000000000000", "", -(2**62)),
    ],
)
async def test_what_makes_no_sense_is_left_out(
    db: Database, make_node: MakeNode, clock: FixedClock, odd: wire.Returned
) -> None:
    node = await make_node()
    assert await deliveries.give_back(db, node.id, [odd], clock) == 0


async def test_it_is_told_why_mail_waits(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant, clock: FixedClock
) -> None:
    node = await make_node()
    pool = await make_pool(node)
    [delivery_id] = await let_wait(tenant, pool)
    message_id = await message_of(db, delivery_id)
    with acting_for(tenant.id):
        assert await deliveries.why_waiting(db, message_id) == {}
        await deliveries.give_back(db, node.id, returned(await claim_and_take(db, node)), clock)
        assert (await deliveries.why_waiting(db, message_id))[
            delivery_id
        ].reason == "the address may send no more today"
        await let_time_pass(db)
        await deliveries.unpark(db, clock)
        await set_status(db, node.id, "lost")
        assert (await deliveries.why_waiting(db, message_id))[delivery_id].no_way_out
    async with db.fleet_tx() as tx:
        stranded = {each.pool_id: each.tenants for each in await deliveries.without_way_out(tx)}
    assert stranded[pool] == 1


async def message_of(db: Database, delivery_id: str) -> str:
    """Give a delivery's message."""
    async with db.fleet_tx() as tx:
        message_id = await tx.connection.fetchval(
            "select message_id from deliveries where id = $1", ids.decode("dlv", delivery_id)
        )
    return ids.encode("msg", message_id)


# --- Lost nodes -------------------------------------------------------------------------------------------------------


async def set_status(db: Database, node_id: UUID, status: str) -> None:
    """Have a node be in a state."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = $2 where id = $1", node_id, status)


async def test_what_a_lost_node_was_offered_goes_elsewhere_at_once_and_what_it_took_stays(
    db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    lost, other = await make_node(), await make_node()
    pool = await make_pool(lost, other)
    await let_wait(tenant, pool)
    taken = await claim_and_take(db, lost)
    sent = await let_wait(tenant, pool, 2)
    assert sorted(await offered(db, lost)) == sorted(sent)
    await set_status(db, lost.id, "lost")
    assert await offered(db, lost) == []
    await deliveries.release_expired(db)
    assert sorted(await offered(db, other)) == sorted(sent)
    async with db.fleet_tx() as tx:
        assert (await deliveries.in_doubt(tx))[NodeId(lost.id)] == len(taken.deliveries)


async def test_what_a_node_that_is_given_up_had_taken_goes_elsewhere_but_for_what_it_queued(
    runtime: Runtime, db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    lost, other = await make_node(), await make_node()
    pool = await make_pool(lost, other)
    await let_wait(tenant, pool, 2)
    await queue(runtime, lost, await claim_and_take(db, lost), tenant)
    sent = await let_wait(tenant, pool, 3)
    doubtful = await claim_and_take(db, lost)
    async with db.fleet_tx() as tx:
        assert await deliveries.release_of(tx, lost.id) == 3
    assert sorted(await offered(db, other)) == sorted(sent)
    assert not await deliveries.take(db, lost.id, doubtful.lease_id), "it must not send it any more"
    async with db.fleet_tx() as tx:
        assert await deliveries.release_of(tx, lost.id) == 0
