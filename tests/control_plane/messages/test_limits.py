"""Messages within a tenant's limits: exact when many come at once, refused or held beyond, let go in a new window."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.quotas.errors import QuotaExceeded
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit, Moved


def mail(domain: str, recipients: int = 1) -> dict[str, object]:
    to = [{"email": f"bob{number}@else.test"} for number in range(recipients)]
    return {"from": {"email": f"ann@{domain}"}, "to": to, "subject": "Hello", "text": "Hi"}


def new_message(domain: str, recipients: int = 1) -> NewMessage:
    return msgspec.convert(mail(domain, recipients), NewMessage)


async def send(
    db: Database, clock: Clock, tenant: Tenant, domain: str, *recipients: int
) -> list[AcceptedMessage | Refused]:
    with acting_for(tenant.id):
        return await service.accept_batch(db, clock, [new_message(domain, each) for each in recipients])


def statuses(results: list[AcceptedMessage | Refused]) -> list[str]:
    return [each.status if isinstance(each, AcceptedMessage) else each.code for each in results]


async def deliveries(db: Database, tenant: Tenant) -> list[asyncpg.Record]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return await tx.connection.fetch("select id, status, held_for, recipient from deliveries order by id")


async def events(db: Database, tenant: Tenant) -> list[tuple[UUID, str]]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select delivery_id, type from events order by id")
    return [(row["delivery_id"], row["type"]) for row in rows]


async def test_each_recipient_counts(db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit) -> None:
    await limit(tenant, messages_month=5)
    assert statuses(await send(db, clock, tenant, domain, 3)) == ["accepted"]
    assert statuses(await send(db, clock, tenant, domain, 3)) == ["quota_exceeded"]
    assert statuses(await send(db, clock, tenant, domain, 2)) == ["accepted"]


async def test_of_a_batch_what_fits_is_accepted_in_order(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_hour=4)
    results = await send(db, clock, tenant, domain, 2, 3, 2, 1)
    assert statuses(results) == ["accepted", "quota_exceeded", "accepted", "quota_exceeded"]
    assert len(await deliveries(db, tenant)) == 4


async def test_a_refusal_says_which_limit_how_much_and_when_it_turns(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_hour=1, messages_month=100)
    await send(db, clock, tenant, domain, 1)
    [refused] = await send(db, clock, tenant, domain, 1)
    assert isinstance(refused, QuotaExceeded)
    turns = clock.now().replace(second=0, microsecond=0) + timedelta(hours=1)
    assert refused.detail == (
        "This is more than your limit allows: 1 of 1 messages an hour are used. "
        f"The next hour begins at {turns:%Y-%m-%d %H:%M} UTC: wait until then, or ask your provider for a larger plan."
    )


async def test_a_refused_domain_uses_nothing(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_hour=1)
    assert statuses(await send(db, clock, tenant, "not-mine.test", 1)) == ["domain_not_usable"]
    assert statuses(await send(db, clock, tenant, domain, 1)) == ["accepted"]


async def test_a_thousand_requests_at_the_edge_let_exactly_the_limit_through(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_month=137)
    answers = await asyncio.gather(
        *(client.post("/v1/messages", headers=tenant.headers, json=mail(domain)) for _ in range(1000))
    )
    codes = [answer.status_code for answer in answers]
    assert (codes.count(202), codes.count(403)) == (137, 863)
    assert {answer.json()["code"] for answer in answers if answer.status_code == 403} == {"quota_exceeded"}
    assert len(await deliveries(db, tenant)) == 137


async def test_a_repeated_request_counts_once(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_month=2)
    headers = tenant.headers | {"Idempotency-Key": "once"}
    first, again = [await client.post("/v1/messages", headers=headers, json=mail(domain)) for _ in range(2)]
    other = await client.post("/v1/messages", headers=tenant.headers, json=mail(domain))
    beyond = await client.post("/v1/messages", headers=tenant.headers | {"Idempotency-Key": "x"}, json=mail(domain))
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, beyond.status_code) == (202, 403)


async def test_over_the_limit_mail_is_held_if_the_plan_says_so(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=2)
    results = await send(db, clock, tenant, domain, 1, 2, 1)
    assert statuses(results) == ["accepted", "held", "accepted"]
    assert [(row["status"], row["held_for"]) for row in await deliveries(db, tenant)].count(("held", "quota")) == 2
    assert sorted(kind for _, kind in await events(db, tenant)) == ["message.accepted"] * 2 + ["message.held"] * 2


async def test_no_more_is_held_than_a_month_allows(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=1, messages_month=3)
    results = await send(db, clock, tenant, domain, 1, 1, 1, 1, 1)
    assert statuses(results) == ["accepted", "held", "held", "held", "quota_exceeded"]


async def test_held_mail_goes_when_the_window_turns_the_oldest_first(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=2)
    await send(db, clock, tenant, domain, 2)
    for _ in range(3):
        await send(db, clock, tenant, domain, 1)
    await service.release(db, clock)
    assert [row["status"] for row in await deliveries(db, tenant)].count("held") == 3  # nothing fits yet
    clock.next_hour()
    await service.release(db, clock)
    assert [row["status"] for row in await deliveries(db, tenant)] == ["accepted"] * 4 + ["held"]
    clock.next_hour()
    await service.release(db, clock)
    assert [(row["status"], row["held_for"]) for row in await deliveries(db, tenant)] == [("accepted", None)] * 5


async def test_what_is_let_go_uses_the_new_window(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=1)
    await send(db, clock, tenant, domain, 1, 1)
    clock.next_hour()
    await service.release(db, clock)
    assert statuses(await send(db, clock, tenant, domain, 1)) == ["held"]


async def test_held_mail_is_let_go_once_however_many_workers_try(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=10)
    await send(db, clock, tenant, domain, 10)
    await send(db, clock, tenant, domain, 5, 5)
    clock.next_hour()
    await asyncio.gather(*(service.release(db, clock) for _ in range(4)))
    assert [row["status"] for row in await deliveries(db, tenant)] == ["accepted"] * 20
    accepted = [delivery_id for delivery_id, kind in await events(db, tenant) if kind == "message.accepted"]
    assert len(accepted) == len(set(accepted)) == 20


async def test_a_message_larger_than_the_window_goes_part_by_part(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=2)
    assert statuses(await send(db, clock, tenant, domain, 3)) == ["held"]
    for _ in range(2):
        clock.next_hour()
        await service.release(db, clock)
    assert [row["status"] for row in await deliveries(db, tenant)] == ["accepted"] * 3


async def test_nothing_of_a_suspended_tenant_is_let_go(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=1)
    await send(db, clock, tenant, domain, 1, 1)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update tenants set status = 'suspended' where id = $1", tenant.id)
    clock.next_hour()
    await service.release(db, clock)
    assert [row["status"] for row in await deliveries(db, tenant)].count("held") == 1
