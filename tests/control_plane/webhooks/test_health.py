"""An endpoint that fails is held back, asked now and then, and in the end switched off, with word to its people."""

import secrets
from datetime import timedelta

import httpx
import pytest

from control_plane.accounts import service as accounts
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from control_plane.webhooks.circuit import HELD_BACK_AFTER
from control_plane.webhooks.queries import sending
from tests.conftest import Tenant
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, missed_since, oldest_event, send_due, send_mail
from tests.mailbox import notices_to


@pytest.fixture
async def dead(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> Subscribed:
    """A webhook whose endpoint has refused several events, with some more to come."""
    receiver.status = 503
    await send_mail(client, subscribed.tenant, domain, 12)
    await send_due(sender, subscribed)
    return subscribed


async def test_after_several_failures_nothing_more_is_tried_for_a_while(
    client: httpx.AsyncClient, receiver: Receiver, dead: Subscribed, sender: service.Sender
) -> None:
    tried = len(receiver.received)
    assert HELD_BACK_AFTER <= tried < 12
    await send_due(sender, dead)
    assert len(receiver.received) == tried
    health = (await dead.shown(client))["health"]
    assert isinstance(health, dict)
    assert (health["failures"], health["failed_24h"], health["delivered_24h"]) == (tried, tried, 0)
    assert health["failing_since"] < health["next_try_at"]


async def test_one_whose_server_was_only_started_anew_is_asked_again_after_half_a_minute(
    client: httpx.AsyncClient, receiver: Receiver, dead: Subscribed, sender: service.Sender, clock: FixedClock
) -> None:
    receiver.status = 200
    clock.move(timedelta(seconds=30))
    await send_due(sender, dead)
    assert len(await dead.deliveries(client, status="delivered")) == 12


async def test_then_one_at_a_time_is_tried(
    receiver: Receiver, dead: Subscribed, sender: service.Sender, clock: FixedClock
) -> None:
    tried = len(receiver.received)
    clock.move(timedelta(minutes=30))
    await send_due(sender, dead)
    assert len(receiver.received) == tried + 1


async def test_a_sweep_leaves_alone_what_is_held_back(db: Database, dead: Subscribed, clock: FixedClock) -> None:
    row = (dead.tenant.id, decode("whk", dead.webhook_id))
    async with db.fleet_tx() as tx:
        assert row not in [tuple(each) for each in await sending.due_webhooks(tx, clock.now())]
        later = clock.now() + timedelta(minutes=30)
        assert row in [tuple(each) for each in await sending.due_webhooks(tx, later)]


async def test_when_it_is_back_all_is_sent_at_once_also_what_had_failed(
    client: httpx.AsyncClient, receiver: Receiver, dead: Subscribed, sender: service.Sender, clock: FixedClock
) -> None:
    receiver.status = 200
    clock.move(timedelta(minutes=30))
    await send_due(sender, dead)
    assert len(await dead.deliveries(client, status="delivered")) == 12
    health = (await dead.shown(client))["health"]
    assert isinstance(health, dict)
    assert (health["failures"], health["failing_since"], health["next_try_at"]) == (0, None, None)


async def test_after_five_days_of_failures_it_is_switched_off_and_its_people_hear_of_it(
    client: httpx.AsyncClient,
    db: Database,
    dead: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
) -> None:
    email = f"ann-{secrets.token_hex(4)}@acme.test"
    async with db.fleet_tx() as tx:
        await accounts.create_user(tx, dead.tenant.id, email, "correct horse battery", "owner", "Ann")
    clock.move(timedelta(days=5))
    await send_due(sender, dead)
    shown = await dead.shown(client)
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "failing")
    assert await missed_since(client, dead) == await oldest_event(client, dead)
    [notice] = await notices_to(db, email)
    assert (notice["type"], notice["reason"], notice["path"]) == ("webhook", "failing", f"/webhooks/{dead.webhook_id}")


async def test_410_switches_it_off_at_once(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> None:
    receiver.status = 410
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    shown = await subscribed.shown(client)
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "gone")
    [sent] = await subscribed.deliveries(client)
    assert (sent["status"], sent["given_up"]) == ("failed", "gone")


async def test_nothing_is_made_for_a_webhook_that_is_off(
    client: httpx.AsyncClient, dead: Subscribed, sender: service.Sender, clock: FixedClock, domain: str
) -> None:
    clock.move(timedelta(days=5))
    await send_due(sender, dead)
    before = len(await dead.deliveries(client))
    await send_mail(client, dead.tenant, domain)
    assert len(await dead.deliveries(client)) == before


async def test_what_was_for_a_webhook_that_is_off_is_given_up(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain, 3)
    await client.patch(subscribed.path, json={"status": "disabled"}, headers=subscribed.tenant.headers)
    await service.tidy(db, clock)
    given_up = await subscribed.deliveries(client, status="failed")
    assert [each["given_up"] for each in given_up] == ["disabled"] * 3


async def test_what_waited_for_three_days_is_given_up_and_the_rest_is_not(
    client: httpx.AsyncClient, db: Database, dead: Subscribed, clock: FixedClock
) -> None:
    clock.move(timedelta(days=2))
    await service.tidy(db, clock)
    assert await dead.deliveries(client, status="failed") == []
    clock.move(timedelta(days=1, hours=1))
    await service.tidy(db, clock)
    assert {each["given_up"] for each in await dead.deliveries(client)} == {"age"}


async def test_what_was_for_a_deleted_webhook_is_given_up(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock, tenant: Tenant, domain: str
) -> None:
    await send_mail(client, tenant, domain, 3)
    await client.delete(subscribed.path, headers=tenant.headers)
    await service.tidy(db, clock)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            left = await tx.connection.fetchval(
                "select count(*) from webhook_deliveries where next_attempt_at is not null"
            )
    assert left == 0
