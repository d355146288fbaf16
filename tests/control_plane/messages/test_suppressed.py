"""Addresses that are on a suppression list get nothing, and use nothing."""

import httpx

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.suppressions import service as suppressions
from control_plane.suppressions.schemas import NewSuppression
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit, Moved
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import statuses, used
from tests.control_plane.messages.test_scheduling import HOUR, new, send


async def suppress(db: Database, clock: Moved, tenant: Tenant, address: str) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await suppressions.add(tx, [NewSuppression(email=address, reason="complaint", source="api")], clock.now())


async def test_it_is_not_sent_and_not_counted(
    client: httpx.AsyncClient, db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await suppress(db, clock, tenant, "bob@else.test")
    mail = message(domain, to=[{"email": "BOB@else.test"}], cc=[{"email": "cleo@else.test"}])
    sent = (await client.post("/v1/messages", json=mail, headers=tenant.headers)).json()
    assert sent["status"] == "accepted"
    assert [each["status"] for each in sent["recipients"]] == ["suppressed", "accepted"]
    shown = (await client.get(f"/v1/messages/{sent['id']}", headers=tenant.headers)).json()
    [event] = shown["recipients"][0]["events"]
    assert (event["type"], event["reply"]) == (
        "message.suppressed",
        "Not sent: this address is on a suppression list (complaint).",
    )
    assert (await used(db, tenant))["messages_hour"] == 1


async def test_with_nobody_left_nothing_is_sent(
    client: httpx.AsyncClient, db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_hour=0)
    await suppress(db, clock, tenant, "bob@else.test")
    sent = await client.post("/v1/messages", json=message(domain), headers=tenant.headers)
    assert (sent.status_code, sent.json()["status"]) == (202, "suppressed")
    assert await used(db, tenant) == {}


async def test_who_is_suppressed_meanwhile_gets_nothing_scheduled(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await send(db, clock, tenant, new(domain, clock.now() + HOUR, 2))
    await suppress(db, clock, tenant, "bob1@else.test")
    clock.move(HOUR)
    await service.send_scheduled(db, clock)
    assert await statuses(db, tenant) == ["accepted", "suppressed"]
    counted = await used(db, tenant)
    assert (counted["messages_hour"], "messages_scheduled" in counted) == (1, False)
