"""Mail that goes later: each once, at its moment, by the rules that hold then."""

import asyncio
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.service.sending import forget
from control_plane.messages import service
from control_plane.messages.queries import scheduled as queries
from control_plane.messages.queries.scheduled import DueDelivery
from control_plane.messages.schedule import due_at
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.messages.service.send_scheduled import decide
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.messages.conftest import Limit, Moved
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import deliveries, happened, statuses, used

HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)


def new(domain: str, at: datetime | None, recipients: int = 1, **changes: object) -> NewMessage:
    to = [{"email": f"bob{number}@else.test"} for number in range(recipients)]
    return msgspec.structs.replace(msgspec.convert(message(domain, to=to, **changes), NewMessage), send_at=at)


async def send(db: Database, clock: Moved, tenant: Tenant, *batch: NewMessage) -> list[AcceptedMessage]:
    with acting_for(tenant.id):
        results = await service.accept_batch(db, clock, batch)
    assert all(isinstance(each, AcceptedMessage) for each in results), results
    return results  # type: ignore[return-value]


async def test_it_goes_when_it_is_due_and_not_before(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    [accepted] = await send(db, clock, tenant, new(domain, clock.now() + HOUR))
    assert (accepted.status, accepted.recipients[0].status) == ("scheduled", "scheduled")
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["scheduled"]
    assert await used(db, tenant) == {"messages_scheduled": 1}
    clock.move(HOUR)
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["accepted"]
    assert [kind for _, kind in await happened(db, tenant)] == ["scheduled", "accepted"]
    counted = await used(db, tenant)
    assert (counted["messages_hour"], counted.get("messages_scheduled")) == (1, None)


async def test_what_is_past_goes_at_once(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    await send(db, clock, tenant, new(domain, clock.now() - HOUR))
    assert [kind for _, kind in await happened(db, tenant)] == ["accepted"]


async def test_it_stands_in_line_as_soon_as_it_goes(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    await send(db, clock, tenant, new(domain, clock.now() + HOUR))
    clock.move(HOUR)
    await service.send_scheduled(db, clock)
    async with db.fleet_tx() as tx:
        assert await tx.connection.fetchval("select waiting from turns where tenant_id = $1", tenant.id)


async def test_what_a_limit_does_not_allow_then_is_held_then(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "stop", messages_hour=3)  # it was accepted before: nothing is dropped now
    await send(db, clock, tenant, new(domain, clock.now() + HOUR, 5))
    clock.move(HOUR)
    await service.send_scheduled(db, clock)
    assert sorted(await statuses(db, tenant)) == ["accepted"] * 3 + ["held"] * 2
    clock.next_hour()
    await service.release(db, clock)
    assert await statuses(db, tenant) == ["accepted"] * 5


async def test_what_there_is_no_room_for_at_all_waits(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=1, messages_month=2)
    await send(db, clock, tenant, new(domain, None, 1), new(domain, None, 2))  # room used up, and so is that for held
    await send(db, clock, tenant, new(domain, clock.now() + HALF, 2))
    clock.move(HALF)
    await service.send_scheduled(db, clock)
    assert (await statuses(db, tenant)).count("scheduled") == 2
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set plan_id = null where id = $1", tenant.id)
    clock.move(timedelta(minutes=1))
    await service.send_scheduled(db, clock)
    assert (await statuses(db, tenant)).count("scheduled") == 0


async def test_no_more_is_scheduled_than_a_month_allows(
    client: httpx.AsyncClient, db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_month=3)
    await send(db, clock, tenant, new(domain, clock.now() + HOUR, 3))
    with acting_for(tenant.id):
        [refused] = await service.accept_batch(db, clock, [new(domain, clock.now() + HOUR)])
    assert not isinstance(refused, AcceptedMessage)
    assert refused.code == "too_many_scheduled"


async def test_many_workers_let_each_go_once(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    at = clock.now() + HOUR
    await send(db, clock, tenant, *(new(domain, at, 50) for _ in range(30)))
    clock.move(HOUR)
    await asyncio.gather(*(service.send_scheduled(db, clock) for _ in range(4)))
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["accepted"] * 1500
    accepted = [delivery for delivery, kind in await happened(db, tenant) if kind == "accepted"]
    assert len(accepted) == len(set(accepted)) == 1500


async def test_transactional_mail_goes_first_and_every_tenant_has_its_turn(
    db: Database, clock: Moved, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    at = clock.now() + HOUR
    shops = [await make_tenant() for _ in range(3)]
    for shop, recipients, stream in zip(shops, (50, 1, 1), ("broadcast", "broadcast", "transactional"), strict=True):
        await send(db, clock, shop, new(await make_domain(shop), at, recipients, stream=stream))
    async with db.fleet_tx() as tx:
        turns = await queries.turns(tx.connection, at, 1000)
    ours = [tenant_id for tenant_id, _ in turns if tenant_id in {shop.id for shop in shops}]
    assert ours[0] == shops[2].id


async def test_a_domain_that_was_lost_meanwhile_sends_nothing(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await send(db, clock, tenant, new(domain, clock.now() + HOUR))
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("delete from mail_domains where name = $1", domain)
        forget(domain)
    clock.move(HOUR)
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["failed"]
    assert await used(db, tenant) == {}


@pytest.mark.parametrize(
    ("room", "hold_room", "expected"),
    [
        (None, None, ["accepted"] * 4),
        (2, None, ["accepted", "accepted", "held", "held"]),
        (1, 1, ["accepted", "held"]),  # the others stay
        (0, 0, []),
    ],
)
def test_what_fits_goes_in_order(room: int | None, hold_room: int | None, expected: list[str]) -> None:
    due = [
        DueDelivery(ids.new_uuid(), ids.new_uuid(), f"bob{n}@else.test", "ann@acme.test", "broadcast") for n in range(4)
    ]
    going = decide(due, {}, room, hold_room)
    assert [each.status for each in going] == expected
    assert [each.delivery for each in going] == due[: len(expected)]


async def test_nothing_of_a_suspended_tenant_goes(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    await send(db, clock, tenant, new(domain, clock.now() + HOUR))
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set status = 'suspended' where id = $1", tenant.id)
    clock.move(HOUR)
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["scheduled"]


# --- Another moment ---------------------------------------------------------------------------------------------------


async def scheduled(client: httpx.AsyncClient, tenant: Tenant, domain: str, at: str) -> str:
    sent = await client.post("/v1/messages", json=message(domain, send_at=at), headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    message_id: str = sent.json()["id"]
    return message_id


def far(hours: float) -> str:
    return (datetime.now().astimezone() + timedelta(hours=hours)).isoformat()


async def test_the_moment_can_be_changed(client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str) -> None:
    message_id = await scheduled(client, tenant, domain, far(1))
    before = await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)
    at = far(48)
    changed = await client.patch(f"/v1/messages/{message_id}", json={"send_at": at}, headers=tenant.headers)
    assert changed.status_code == 200, changed.text
    shown = changed.json()
    assert datetime.fromisoformat(shown["send_at"]) == datetime.fromisoformat(at)
    assert [each["type"] for each in shown["recipients"][0]["events"]] == ["message.scheduled"] * 2
    assert datetime.fromisoformat(shown["recipients"][0]["events"][1]["send_at"]) == datetime.fromisoformat(at)
    assert before.headers["etag"] != changed.headers["etag"]

    late = await client.patch(
        f"/v1/messages/{message_id}",
        json={"send_at": None},
        headers=tenant.headers | {"If-Match": before.headers["etag"]},
    )
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")


async def test_the_mail_is_dated_when_it_goes(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    message_id = await scheduled(client, tenant, domain, far(1))
    at = datetime.fromisoformat(far(48))
    await client.patch(f"/v1/messages/{message_id}", json={"send_at": at.isoformat()}, headers=tenant.headers)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            row = await tx.connection.fetchval("select envelope from messages")
    assert wire.decode_as(row, wire.Envelope).date_ms == int(at.timestamp() * 1000)


async def test_null_is_now(client: httpx.AsyncClient, db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    message_id = await scheduled(client, tenant, domain, far(1))
    changed = await client.patch(f"/v1/messages/{message_id}", json={"send_at": None}, headers=tenant.headers)
    assert changed.status_code == 200, changed.text
    clock.next_hour()
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["accepted"]
    again = await client.patch(f"/v1/messages/{message_id}", json={"send_at": None}, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "message_not_scheduled")


async def test_a_moment_needs_a_zone_and_lies_at_most_30_days_ahead(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    message_id = await scheduled(client, tenant, domain, far(1))
    for wrong in ("2026-12-01T00:00:00", far(24 * 31), "9999-12-31T23:59:59-14:00", 5, "soon"):
        changed = await client.patch(f"/v1/messages/{message_id}", json={"send_at": wrong}, headers=tenant.headers)
        assert (changed.status_code, changed.json()["errors"][0]["path"]) == (422, "send_at"), wrong


async def test_another_tenants_message_is_not_there_to_be_changed(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    message_id = await scheduled(client, tenant, domain, far(1))
    for method, path, body in (
        ("PATCH", "", {"send_at": None}),
        ("POST", "/cancel", None),
        ("POST", "/release", None),
        ("POST", "/resend", {}),
        ("GET", "/raw", None),
    ):
        answer = await client.request(method, f"/v1/messages/{message_id}{path}", json=body, headers=stranger.headers)
        assert answer.status_code == 404, path


def test_a_moment_is_kept_in_utc(clock: Moved) -> None:
    now = clock.now()
    assert due_at(now, now) is None
    assert due_at(None, now) is None
    assert due_at(now + HOUR, now) == now + HOUR


async def test_a_batch_may_hold_both(client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str) -> None:
    body = {"messages": [message(domain), message(domain, send_at=far(1)), message(domain, send_at=far(24 * 40))]}
    results = (await client.post("/v1/messages/batch", json=body, headers=tenant.headers)).json()["results"]
    assert [each.get("status") for each in results] == ["accepted", "scheduled", None]
    assert results[2]["error"]["errors"][0]["path"] == "send_at"
    assert [row["send_at"] is not None for row in await deliveries(db, tenant)].count(True) == 1
