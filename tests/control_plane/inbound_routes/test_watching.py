"""What was passed on and comes back: who had written hears of it once, and dead addresses get nothing more."""

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
from control_plane.inbound_routes.service.consent import MOST_FAILURES
from tests.conftest import Tenant
from tests.control_plane.inbound_routes.conftest import MakeRoute, Receive
from tests.control_plane.inbound_routes.test_passing_on import CLEAN, agree, sent

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
    assert looks < 30
    clock.move(timedelta(days=1))
    await service.watch(db, clock)
    assert await watched(db, tenant) == 0
