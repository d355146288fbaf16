"""What was passed on and comes back: who had written hears of it once, and dead addresses get nothing more."""

import importlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from control_plane.bounces.reading import read
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes import service
from control_plane.inbound_routes.queries.passed import Watched
from control_plane.inbound_routes.service.consent import MOST_FAILURES
from tests.conftest import Tenant
from tests.control_plane.inbound_routes.conftest import MakeRoute, Receive
from tests.control_plane.inbound_routes.test_passing_on import CLEAN, agree, sent

watching = importlib.import_module("control_plane.inbound_routes.service.watch")
FORGED = CLEAN.replace(b"R_SPF_ALLOW", b"R_SPF_FAIL")


@pytest.fixture
def home() -> str:
    return f"ann@{secrets.token_hex(6)}.test"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC) + timedelta(minutes=1))


async def becomes(db: Database, tenant: Tenant, recipient: str, status: str) -> UUID:
    """Have the newest delivery to somebody end, as its node would tell."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            row = await tx.connection.fetchrow(
                """update deliveries set status = $3 where (tenant_id, id) = (
                     select tenant_id, id from deliveries where tenant_id = $1 and recipient = $2
                     order by id desc limit 1)
                   returning id, message_id""",
                tenant.id,
                recipient,
                status,
            )
            assert row is not None
            await tx.connection.execute(
                """insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
                   values ($1, new_uuid(), 'message.' || $2, now(), $3, $4, $5, '{"dsn": "5.1.1"}')""",
                tenant.id,
                status,
                row["message_id"],
                row["id"],
                recipient,
            )
    delivery_id: UUID = row["id"]
    return delivery_id


async def set_status(db: Database, tenant: Tenant, delivery_id: UUID, status: str) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update deliveries set status = $3 where tenant_id = $1 and id = $2", tenant.id, delivery_id, status
            )


async def watched(db: Database, tenant: Tenant) -> int:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            found: int = await tx.connection.fetchval(
                "select count(*) from passed_mails where tenant_id = $1", tenant.id
            )
    return found


async def test_who_had_written_hears_once_and_by_the_address_that_they_knew(
    db: Database,
    tenant: Tenant,
    domain: str,
    home: str,
    clock: FixedClock,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    await receive(raw=CLEAN)
    await becomes(db, tenant, home, "bounced")
    for _ in range(2):
        await service.watch(db, clock)
    [_, (recipient, status, envelope, content)] = await sent(db, tenant)
    assert (recipient, status, envelope.domain) == ("bob@else.test", "accepted", domain)
    assert isinstance(content.raw, bytes)
    assert (read(content.raw).kind, read(content.raw).dsn) == ("failed", "5.1.1")
    assert f"support@{domain}".encode() in content.raw
    assert home.encode() not in content.raw
    assert await watched(db, tenant) == 0


async def test_nobody_is_written_to_whose_name_was_only_used(
    db: Database, tenant: Tenant, home: str, clock: FixedClock, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    await receive(raw=FORGED)
    await becomes(db, tenant, home, "bounced")
    await service.watch(db, clock)
    assert [recipient for recipient, *_ in await sent(db, tenant)] == [home]
    assert await watched(db, tenant) == 0


async def test_an_address_that_takes_nothing_is_paused(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    home: str,
    clock: FixedClock,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    statuses = []
    for ending in ("bounced", "delivered", *["bounced"] * MOST_FAILURES):
        await receive(raw=FORGED)
        await becomes(db, tenant, home, ending)
        await service.watch(db, clock)
        clock.move(timedelta(seconds=1))
        answer = await client.get(f"/v1/inbound-routes/{route['id']}", headers=tenant.headers)
        statuses.append(answer.json()["target"]["status"])
    assert statuses == ["confirmed"] * (MOST_FAILURES + 1) + ["paused"]


@pytest.mark.parametrize("arrives", ["before they come back", "and was passed on before them"])
async def test_mail_that_arrived_long_ago_does_not_keep_an_address_from_being_paused(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    home: str,
    clock: FixedClock,
    make_route: MakeRoute,
    receive: Receive,
    arrives: str,
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    await receive(raw=FORGED)
    first = await becomes(db, tenant, home, "delivered" if arrives == "before they come back" else "deferred")
    for number in range(MOST_FAILURES):
        await receive(raw=FORGED)
        await becomes(db, tenant, home, "bounced")
        if number == 2:
            await set_status(db, tenant, first, "delivered")
        for _ in range(2):
            await service.watch(db, clock)
            clock.move(timedelta(hours=1))
    answer = await client.get(f"/v1/inbound-routes/{route['id']}", headers=tenant.headers)
    assert answer.json()["target"]["status"] == "paused"


async def test_what_is_taken_and_given_back_each_time_is_no_arrival(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    home: str,
    clock: FixedClock,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    for _ in range(MOST_FAILURES):
        await receive(raw=FORGED)
        for ending in ("delivered", "bounced"):
            await becomes(db, tenant, home, ending)
            await service.watch(db, clock)
            clock.move(timedelta(hours=1))
    answer = await client.get(f"/v1/inbound-routes/{route['id']}", headers=tenant.headers)
    assert answer.json()["target"]["status"] == "paused"


async def test_however_many_came_back_all_are_settled_in_one_run(
    db: Database,
    tenant: Tenant,
    home: str,
    clock: FixedClock,
    make_route: MakeRoute,
    receive: Receive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "_AT_ONCE", 2)
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    for ending in ("bounced", "delivered", "bounced", "bounced"):
        await receive(raw=FORGED)
        await becomes(db, tenant, home, ending)
    await service.watch(db, clock)
    assert await watched(db, tenant) == 1


async def test_who_had_written_hears_also_when_nobody_looked_for_a_week(
    db: Database, tenant: Tenant, home: str, clock: FixedClock, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    await receive(raw=CLEAN)
    await becomes(db, tenant, home, "bounced")
    clock.move(timedelta(days=7))
    await service.watch(db, clock)
    assert [recipient for recipient, *_ in await sent(db, tenant)] == [home, "bob@else.test"]
    assert await watched(db, tenant) == 0


async def test_one_that_cannot_be_settled_holds_no_other_up_and_is_looked_at_again(
    db: Database,
    tenant: Tenant,
    home: str,
    clock: FixedClock,
    make_route: MakeRoute,
    receive: Receive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    broken: list[Watched] = []
    settled = watching._settle

    async def settle(db: Database, clock: FixedClock, each: Watched) -> None:
        if not broken:
            broken.append(each)
            raise ValueError
        await settled(db, clock, each)

    for _ in range(3):
        await receive(raw=FORGED)
        await becomes(db, tenant, home, "bounced")
    monkeypatch.setattr(watching, "_settle", settle)
    await service.watch(db, clock)
    assert await watched(db, tenant) == 1
    clock.move(timedelta(minutes=1))
    await service.watch(db, clock)
    assert await watched(db, tenant) == 0


async def test_it_is_looked_at_more_and_more_rarely_and_for_six_days(
    db: Database, tenant: Tenant, home: str, clock: FixedClock, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    await receive(raw=CLEAN)
    looks, ends = 0, clock.now() + timedelta(days=6)
    with acting_for(tenant.id):
        while clock.now() < ends:
            async with db.tenant_tx() as tx:
                due = await tx.connection.fetchval(
                    "select next_look_at from passed_mails where tenant_id = $1", tenant.id
                )
            clock.move(max(due - clock.now(), timedelta()))
            await service.watch(db, clock)
            looks += 1
            if not await watched(db, tenant):
                break
    assert looks < 17
    clock.move(timedelta(days=1))
    await service.watch(db, clock)
    assert await watched(db, tenant) == 0
