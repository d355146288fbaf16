"""What is done to many messages at once: by ids or a filter, within limits, in parts, and only as far as one may."""

import secrets
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.actor import Actor, acting_as
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for, bound_tenant
from control_plane.enforcement import service as enforcement
from control_plane.enforcement.schemas import NewMeasure
from control_plane.messages import service
from control_plane.messages.bulk_schemas import BulkAct, ManyMessages, MessageFilter
from control_plane.messages.errors import TooManyActs
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.messages.service import bulk
from control_plane.quotas import service as quotas
from control_plane.tenants import service as tenants
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.messages.conftest import Limit, Moved
from tests.control_plane.messages.messages import message

_HELD = ManyMessages(filter=MessageFilter())


async def _send(
    db: Database, clock: Moved, tenant: Tenant, domain: str, count: int, **changes: object
) -> list[AcceptedMessage]:
    new = msgspec.convert(message(domain, **changes), NewMessage)
    with acting_for(tenant.id):
        results = await service.accept_batch(db, clock, [new] * count)
    clock.move(timedelta(seconds=1))
    return [each for each in results if isinstance(each, AcceptedMessage)]


async def _do(db: Database, clock: Moved, tenant: Tenant, act: str, many: ManyMessages) -> BulkAct:
    with acting_for(tenant.id):
        return await bulk.act_on_many(db, clock, act, many)  # type: ignore[arg-type]


async def _states(db: Database, tenant: Tenant) -> Counter[tuple[str, str | None]]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select status, held_for from deliveries")
    return Counter((row["status"], row["held_for"]) for row in rows)


async def _held(db: Database, clock: Moved, tenant: Tenant) -> int:
    with acting_for(tenant.id):
        return (await quotas.usage(db, clock)).held


async def _pause(db: Database, tenant: Tenant) -> None:
    wanted = NewMeasure(stream="transactional", step="paused", reason="A test")
    await enforcement.choose(db, SystemClock(), tenant.id, wanted)
    await enforcement.settle(db, SystemClock())


async def test_what_is_held_is_called_back_at_once(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=2)
    await _send(db, clock, tenant, domain, 12)
    done = await _do(db, clock, tenant, "cancel", _HELD)
    assert (done.status, done.matched, done.done) == ("done", 10, 10)
    assert await _states(db, tenant) == {("accepted", None): 2, ("cancelled", None): 10}
    assert await _held(db, clock, tenant) == 0


async def test_a_release_lets_go_what_there_is_room_for(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=2)
    await _send(db, clock, tenant, domain, 5)
    clock.next_hour()
    done = await _do(db, clock, tenant, "release", _HELD)
    assert (done.matched, done.done, done.kept) == (3, 2, 1)
    assert await _states(db, tenant) == {("accepted", None): 4, ("held", "quota"): 1}
    assert await _held(db, clock, tenant) == 1


async def test_only_those_that_are_named_are_called_back(
    db: Database, clock: Moved, tenant: Tenant, domain: str, stranger: Tenant, make_domain: MakeDomain
) -> None:
    mine = await _send(db, clock, tenant, domain, 3)
    others = await _send(db, clock, stranger, await make_domain(stranger), 1)
    done = await _do(db, clock, tenant, "cancel", ManyMessages(ids=(mine[0].id, others[0].id)))
    assert (done.matched, done.done) == (1, 1), "of a stranger's message nothing is said"
    assert await _states(db, tenant) == {("accepted", None): 2, ("cancelled", None): 1}
    assert await _states(db, stranger) == {("accepted", None): 1}


async def test_a_filter_means_what_it_says(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=1)
    await _send(db, clock, tenant, domain, 3)
    between = clock.now()
    await _send(db, clock, tenant, domain, 2)
    await _send(db, clock, tenant, domain, 4, stream="broadcast")
    older = ManyMessages(filter=MessageFilter(before=between))
    assert (await _do(db, clock, tenant, "cancel", older)).done == 2
    broadcasts = ManyMessages(filter=MessageFilter(stream="broadcast"))
    assert (await _do(db, clock, tenant, "cancel", broadcasts)).done == 4
    scheduled = ManyMessages(filter=MessageFilter(status="scheduled"))
    assert (await _do(db, clock, tenant, "cancel", scheduled)).done == 0


async def test_many_are_done_in_parts_that_go_on_where_they_stopped(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await limit(tenant, "hold", messages_hour=1)
    await _send(db, clock, tenant, domain, 26)
    monkeypatch.setattr(bulk, "_AT_ONCE", 10)
    begun = await _do(db, clock, tenant, "cancel", _HELD)
    assert (begun.status, begun.matched, begun.done) == ("running", 25, 10)
    await bulk.go_on(db, clock)
    await bulk.go_on(db, clock)
    with acting_for(tenant.id):
        ended = await bulk.find_act(db, begun.id)
    assert (ended.status, ended.done) == ("done", 25)
    assert await _states(db, tenant) == {("accepted", None): 1, ("cancelled", None): 25}


async def test_what_a_measure_holds_only_a_provider_releases(
    db: Database, clock: Moved, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    agency, slug = await make_tenant("agency"), f"t-{secrets.token_hex(8)}"
    async with db.fleet_tx() as tx:
        new = tenants.NewTenant(kind="client", name=slug, slug=slug, parent_id=agency.id)
        client = Tenant(await tenants.create(tx, new), "")
    await _pause(db, client)
    await _send(db, clock, client, await make_domain(client), 60)
    with acting_as(Actor(kind="user", tenant_id=client.id)):
        refused = await _do(db, clock, client, "release", _HELD)
    assert (refused.done, refused.refused) == (0, 60)
    with acting_as(Actor(kind="user", tenant_id=agency.id)):
        released = await _do(db, clock, client, "release", _HELD)
    assert (released.done, released.kept) == (50, 10), "50 an hour are left while it is throttled"
    assert await _states(db, client) == {("accepted", None): 50, ("held", "quota"): 10}


async def test_a_key_that_is_bound_to_a_domain_reaches_no_others(
    db: Database, clock: Moved, tenant: Tenant, domain: str, make_domain: MakeDomain
) -> None:
    other = await make_domain(tenant, "other")
    named = [*await _send(db, clock, tenant, domain, 1), *await _send(db, clock, tenant, other, 1)]
    many = ManyMessages(ids=tuple(each.id for each in named))
    with acting_for(tenant.id, frozenset({domain})):
        done = await bulk.act_on_many(db, clock, "cancel", many)
    assert (done.matched, done.done) == (1, 1)


async def test_tenants_have_turns_and_each_a_few_acts_at_a_time(
    db: Database,
    clock: Moved,
    tenant: Tenant,
    stranger: Tenant,
    domain: str,
    make_domain: MakeDomain,
    limit: Limit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk, "_AT_ONCE", 2)
    begun: dict[Tenant, list[BulkAct]] = {tenant: [], stranger: []}
    for each, place, count in ((tenant, domain, 20), (stranger, await make_domain(stranger), 7)):
        await limit(each, "hold", messages_hour=1)
        await _send(db, clock, each, place, count)
        begun[each] = [await _do(db, clock, each, "cancel", _HELD) for _ in range(3 if each == tenant else 1)]
    assert [act.status for acts in begun.values() for act in acts] == ["running"] * 4
    with pytest.raises(TooManyActs):
        await _do(db, clock, tenant, "cancel", _HELD)
    step, turns = bulk._step, list[TenantId]()

    async def noting(db: Database, now: datetime, act_id: UUID) -> bool:
        turns.append(bound_tenant())
        return await step(db, now, act_id)

    monkeypatch.setattr(bulk, "_step", noting)
    await bulk.go_on(db, clock)
    mine = [each for each in turns if each in (tenant.id, stranger.id)]
    assert mine[:6] == [tenant.id, stranger.id] * 3
    assert (await _states(db, tenant))["cancelled", None] == 19
    assert (await _states(db, stranger))["cancelled", None] == 6
    for _ in range(2):
        await bulk.go_on(db, clock)
    assert (await _do(db, clock, tenant, "cancel", _HELD)).matched == 0, "there is room again"


async def test_what_is_done_is_forgotten_after_a_month(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await limit(tenant, "hold", messages_hour=1)
    await _send(db, clock, tenant, domain, 5)
    done = await _do(db, clock, tenant, "cancel", ManyMessages(filter=MessageFilter(status="scheduled")))
    monkeypatch.setattr(bulk, "_AT_ONCE", 2)
    running = await _do(db, clock, tenant, "cancel", _HELD)
    for days, there in ((29, {done.id, running.id}), (2, {running.id})):
        clock.move(timedelta(days=days))
        await bulk.forget_acts(db, clock)
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                rows = await tx.connection.fetch("select id from bulk_acts")
        assert {ids.encode("act", row["id"]) for row in rows} == there


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "ids"),
        ({"ids": ["msg_1"], "filter": {}}, "ids"),
        ({"ids": ["dom_1"]}, "ids[0]"),
        ({"ids": ["msg_\0"]}, "ids[0]"),
        ({"filter": {"status": "scheduled"}}, "filter.status"),
        ({"filter": {"before": "2026-11-22"}}, "filter.before"),
        ({"ids": ["msg_1"] * 501}, "ids"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, body: dict[str, object], path: str
) -> None:
    answer = await client.post("/v1/messages/release", json=body, headers=tenant.headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["path"].startswith(path)


async def test_by_the_api_it_is_begun_and_looked_at(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    sent = (await client.post("/v1/messages", json=message(domain), headers=tenant.headers)).json()
    begun = await client.post("/v1/messages/cancel", json={"ids": [sent["id"]]}, headers=tenant.headers)
    assert (begun.status_code, begun.json()["done"]) == (202, 1)
    path = f"/v1/messages/acts/{begun.json()['id']}"
    assert (await client.get(path, headers=tenant.headers)).json()["status"] == "done"
    assert (await client.get(path, headers=stranger.headers)).status_code == 404
    nobodys = f"/v1/messages/acts/{ids.encode('act', ids.new_uuid())}"
    assert (await client.get(nobodys, headers=tenant.headers)).status_code == 404
