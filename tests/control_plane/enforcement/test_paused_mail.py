"""What becomes of mail while its stream is paused, and after."""

import secrets
from collections import Counter
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.actor import Actor, acting_as
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.enforcement import service
from control_plane.enforcement.schemas import NewMeasure, Scope, Step
from control_plane.ip_pools import service as ip_pools
from control_plane.messages import service as messages
from control_plane.messages.errors import HeldByMeasure
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.quotas import service as quotas
from control_plane.tenants import service as tenants
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.conftest import MakeNode, some_address


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


async def test_only_somebody_above_releases_what_a_measure_holds(
    db: Database, clock: FixedClock, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    agency = await make_tenant("agency")
    slug = f"t-{secrets.token_hex(8)}"
    async with db.fleet_tx() as tx:
        new = tenants.NewTenant(kind="client", name=slug, slug=slug, parent_id=agency.id)
        client = Tenant(await tenants.create(tx, new), "")
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
