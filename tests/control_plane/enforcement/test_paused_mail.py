"""What becomes of mail while its stream is paused, and after."""

import secrets
from collections import Counter
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.actor import Actor, acting_as
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.enforcement import service
from control_plane.enforcement.schemas import NewMeasure, Scope, Step
from control_plane.ip_pools import service as ip_pools
from control_plane.messages import service as messages
from control_plane.messages.errors import HeldByMeasure
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.quotas import service as quotas
from control_plane.tenants import service as tenants
from control_plane.tenants.settling import settle_one
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, some_address


async def _send(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str, count: int = 1, stream: str = "broadcast"
) -> list[AcceptedMessage]:
    mail = {
        "from": {"email": f"ann@{domain}"},
        "to": [{"email": "bob@else.test"}],
        "subject": "Hello",
        "text": "Hi",
        "stream": stream,
    }
    with acting_for(tenant.id):
        results = await messages.accept_batch(db, clock, [msgspec.convert(mail, NewMessage)] * count)
    return [each for each in results if isinstance(each, AcceptedMessage)]


async def _deliveries(db: Database, tenant: Tenant) -> list[asyncpg.Record]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return await tx.connection.fetch("select status, held_for, pool_id from deliveries order by id")


async def _states(db: Database, tenant: Tenant) -> Counter[tuple[str, str | None]]:
    return Counter((row["status"], row["held_for"]) for row in await _deliveries(db, tenant))


async def _step(db: Database, clock: FixedClock, tenant: Tenant, step: Step, stream: Scope = "broadcast") -> None:
    await service.choose(db, clock, tenant.id, NewMeasure(stream=stream, step=step, reason="A test"))
    await service.settle(db, clock)


async def _held(db: Database, clock: FixedClock, tenant: Tenant) -> int:
    with acting_for(tenant.id):
        return (await quotas.usage(db, clock)).held


async def test_new_mail_of_a_paused_stream_is_held(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    await _step(db, clock, tenant, "paused")
    [accepted] = await _send(db, clock, tenant, domain)
    assert accepted.status == "held"
    assert await _states(db, tenant) == {("held", "enforcement"): 1}
    assert await _held(db, clock, tenant) == 1


async def test_the_other_stream_goes_on(db: Database, clock: FixedClock, tenant: Tenant, domain: str) -> None:
    await _step(db, clock, tenant, "paused")
    [accepted] = await _send(db, clock, tenant, domain, stream="transactional")
    assert accepted.status == "accepted"


async def test_what_waits_already_is_held_too(db: Database, clock: FixedClock, tenant: Tenant, domain: str) -> None:
    await _send(db, clock, tenant, domain, 3)
    await _send(db, clock, tenant, domain, 1, "transactional")
    await _step(db, clock, tenant, "paused")
    assert await _states(db, tenant) == {("held", "enforcement"): 3, ("accepted", None): 1}
    assert await _held(db, clock, tenant) == 3


async def test_what_slipped_in_while_the_pause_was_news_is_held_a_moment_later(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    await _step(db, clock, tenant, "paused")
    await _send(db, clock, tenant, domain)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:  # as a process would that had not heard of it
            await tx.connection.execute("update deliveries set status = 'accepted', held_for = null")
    clock.move(timedelta(seconds=3))
    await service.settle(db, clock)
    assert await _states(db, tenant) == {("held", "enforcement"): 1}


async def test_when_the_pause_ends_it_goes_within_the_limits(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    await _step(db, clock, tenant, "paused")
    await _send(db, clock, tenant, domain, 60)
    await _step(db, clock, tenant, "risk")
    assert await _states(db, tenant) == {("held", "quota"): 60}
    await messages.release(db, clock)
    assert await _states(db, tenant) == {("accepted", None): 50, ("held", "quota"): 10}, "50 an hour are left"
    await _step(db, clock, tenant, "none")
    await messages.release(db, clock)
    assert await _states(db, tenant) == {("accepted", None): 60}
    assert await _held(db, clock, tenant) == 0


async def test_a_throttled_tenant_has_what_is_beyond_held(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    await _step(db, clock, tenant, "throttled")
    await _send(db, clock, tenant, domain, 55)
    assert await _states(db, tenant) == {("accepted", None): 50, ("held", "quota"): 5}
    clock.move(timedelta(hours=1))
    await messages.release(db, clock)
    assert await _states(db, tenant) == {("accepted", None): 55}


async def test_a_new_tenant_has_what_is_beyond_its_first_days_limit_held(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set starting_day = 3 where id = $1", tenant.id)
    await _send(db, clock, tenant, domain, 5)
    assert await _states(db, tenant) == {("accepted", None): 3, ("held", "quota"): 2}


async def _client_of(db: Database, agency: Tenant) -> Tenant:
    slug = f"t-{secrets.token_hex(8)}"
    async with db.fleet_tx() as tx:
        new = tenants.NewTenant(kind="client", name=slug, slug=slug, parent_id=agency.id)
        return Tenant(await tenants.create(tx, new), "")


async def test_only_somebody_above_releases_what_a_measure_holds(
    db: Database, clock: FixedClock, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    agency = await make_tenant("agency")
    client = await _client_of(db, agency)
    domain = await make_domain(client)
    await _step(db, clock, client, "paused")
    clock.move(timedelta(minutes=1))
    await service.settle(db, clock)
    [accepted] = await _send(db, clock, client, domain)
    with acting_for(client.id):
        with acting_as(Actor(kind="user", tenant_id=client.id)), pytest.raises(HeldByMeasure):
            await messages.release_message(db, clock, accepted.id)
        with acting_as(Actor(kind="user", tenant_id=agency.id)):
            released = await messages.release_message(db, clock, accepted.id)
    assert released.status == "accepted"
    clock.move(timedelta(minutes=2))
    await service.settle(db, clock)
    assert await _states(db, client) == {("accepted", None): 1}, "what was released is not held again"


async def test_what_a_suspension_held_of_a_paused_stream_stays_held_when_that_ends(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    await _send(db, clock, tenant, domain, 3)
    await _send(db, clock, tenant, domain, 1, "transactional")
    await _step(db, clock, tenant, "paused", "all")
    await settle_one(db, clock, tenant.id)
    assert await _states(db, tenant) == {("held", "suspension"): 4}
    await _step(db, clock, tenant, "paused")
    await _step(db, clock, tenant, "none", "all")
    await settle_one(db, clock, tenant.id)
    assert await _states(db, tenant) == {("held", "enforcement"): 3, ("accepted", None): 1}
    assert await _held(db, clock, tenant) == 3


async def _followed(db: Database, clock: FixedClock) -> None:
    """Let the time go by in which the queue comes to follow a pause."""
    clock.move(timedelta(minutes=1))
    await service.settle(db, clock)


async def _offered(db: Database, node: FleetNode) -> wire.Offer | None:
    return await deliveries.claim(db, node.id, 100)


async def test_what_a_node_does_not_send_of_a_paused_stream_is_held(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    node = await make_node(tenant)
    sent = [await _send(db, clock, tenant, domain, 1, "transactional") for _ in range(2)]
    taken, forgotten = [await deliveries.claim(db, node.id, 1) for _ in sent]
    assert taken is not None
    assert forgotten is not None
    assert await deliveries.take(db, node.id, taken.lease_id)
    await _step(db, clock, tenant, "paused", "transactional")
    await _followed(db, clock)
    back = [wire.Returned(taken.deliveries[0].delivery_id, taken.lease_id, "not today", 0)]
    assert await deliveries.give_back(db, node.id, back, clock) == 1
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update leases set expires_at = now() - interval '1 second' where id = $1", UUID(forgotten.lease_id)
        )
    await deliveries.release_expired(db)
    assert await _offered(db, node) is None
    assert await _states(db, tenant) == {("held", "enforcement"): 2}
    assert await _held(db, clock, tenant) == 2


async def test_nothing_is_offered_of_a_stream_that_was_just_paused(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    node = await make_node(tenant)
    await _send(db, clock, tenant, domain, 1, "transactional")
    await service.choose(db, clock, tenant.id, NewMeasure(stream="transactional", step="paused", reason="A test"))
    assert await _offered(db, node) is None


async def test_what_somebody_above_released_is_sent_and_not_held_when_a_node_gives_it_back(
    db: Database, clock: FixedClock, make_tenant: MakeTenant, make_domain: MakeDomain, make_node: MakeNode
) -> None:
    agency = await make_tenant("agency")
    client = await _client_of(db, agency)
    node, domain = await make_node(client), await make_domain(client)
    await _step(db, clock, client, "paused", "transactional")
    await _followed(db, clock)
    [accepted] = await _send(db, clock, client, domain, 1, "transactional")
    with acting_for(client.id), acting_as(Actor(kind="user", tenant_id=agency.id)):
        await messages.release_message(db, clock, accepted.id)
    offer = await _offered(db, node)
    assert offer is not None
    assert await deliveries.take(db, node.id, offer.lease_id)
    back = [wire.Returned(offer.deliveries[0].delivery_id, offer.lease_id, "not today", 0)]
    assert await deliveries.give_back(db, node.id, back, clock) == 1
    clock.move(timedelta(minutes=1))
    await deliveries.unpark(db, clock)
    assert await _states(db, client) == {("accepted", None): 1}


async def test_what_is_held_can_be_cancelled(db: Database, clock: FixedClock, tenant: Tenant, domain: str) -> None:
    await _step(db, clock, tenant, "paused")
    [accepted] = await _send(db, clock, tenant, domain)
    with acting_for(tenant.id):
        await messages.cancel(db, clock, accepted.id)
    assert await _states(db, tenant) == {("cancelled", None): 1}
    assert await _held(db, clock, tenant) == 0


async def test_the_message_says_why_it_is_held(db: Database, clock: FixedClock, tenant: Tenant, domain: str) -> None:
    await _step(db, clock, tenant, "paused")
    [accepted] = await _send(db, clock, tenant, domain)
    with acting_for(tenant.id):
        found = await messages.find(db, accepted.id)
    assert [each.held_for for each in found.recipients] == ["enforcement"]


async def test_who_is_a_risk_leaves_by_a_pool_for_that_if_there_is_one(
    db: Database, clock: FixedClock, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    await _step(db, clock, tenant, "risk")
    await _send(db, clock, tenant, domain)
    risk_pool, node = ids.new_uuid(), await make_node()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "insert into ip_pools (id, name, kind, stream, is_default) values ($1, 'risk', 'risk', 'broadcast', false)",
            risk_pool,
        )
        await tx.connection.execute(
            "insert into ips (id, pool_id, node_id, address, hostname) values ($1, $2, $3, $4, 'risk.else.test')",
            ids.new_uuid(),
            risk_pool,
            node.id,
            some_address(),
        )
    ip_pools.forget_choice(tenant.id, "broadcast")
    clock.move(timedelta(seconds=1))
    await _send(db, clock, tenant, domain)
    await _step(db, clock, tenant, "warned")
    ip_pools.forget_choice(tenant.id, "broadcast")
    clock.move(timedelta(seconds=1))
    await _send(db, clock, tenant, domain)
    used = [row["pool_id"] == risk_pool for row in await _deliveries(db, tenant)]
    assert used == [False, True, False], "none was there at first, and a warning is no risk"
