"""What a webhook missed while it was off: it says since when, and a replay brings all of it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.ids import decode
from control_plane.core.tenancy import acting_for
from control_plane.events.service import KEPT_DAYS
from control_plane.webhooks import service
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, missed_since, oldest_event, send_due, send_mail

DAY = timedelta(days=1)


async def switch(client: httpx.AsyncClient, subscribed: Subscribed, status: str) -> None:
    answer = await client.patch(subscribed.path, json={"status": status}, headers=subscribed.tenant.headers)
    assert answer.status_code == 200, answer.text


async def replay(client: httpx.AsyncClient, subscribed: Subscribed, **body: object) -> None:
    answer = await client.post(f"{subscribed.path}/replay", json=body, headers=subscribed.tenant.headers)
    assert answer.status_code == 202, answer.text


async def go_on(db: Database, clock: FixedClock, subscribed: Subscribed) -> None:
    await service.go_on(db, clock, subscribed.tenant.id, decode("whk", subscribed.webhook_id))


async def remember(db: Database, subscribed: Subscribed, since: datetime) -> None:
    """Have it say so, whenever it was switched off."""
    with acting_for(subscribed.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update webhooks set missed_since = $1, missed_until = $1", since)


async def test_what_was_answered_with_410_is_brought_back(
    client: httpx.AsyncClient,
    db: Database,
    receiver: Receiver,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
) -> None:
    receiver.status = 410
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    assert (await subscribed.shown(client))["disabled_reason"] == "gone"
    since = await oldest_event(client, subscribed)
    assert await missed_since(client, subscribed) == since
    receiver.status = 200
    await switch(client, subscribed, "active")
    await replay(client, subscribed, since=since.isoformat())
    await go_on(db, clock, subscribed)
    await send_due(sender, subscribed)
    refused, taken = receiver.received
    assert refused.headers["webhook-id"] == taken.headers["webhook-id"]


async def test_what_lay_before_one_that_somebody_switched_off_is_brought_back(
    client: httpx.AsyncClient,
    db: Database,
    receiver: Receiver,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
) -> None:
    await send_mail(client, subscribed.tenant, domain, 3)
    await switch(client, subscribed, "disabled")
    await service.tidy(db, clock)
    since = await oldest_event(client, subscribed)
    assert await missed_since(client, subscribed) == since
    await switch(client, subscribed, "active")
    await replay(client, subscribed, since=since.isoformat())
    await go_on(db, clock, subscribed)
    await send_due(sender, subscribed)
    assert len(receiver.received) == 3


async def test_what_was_given_up_while_it_failed_is_brought_back_too(
    client: httpx.AsyncClient,
    db: Database,
    receiver: Receiver,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
) -> None:
    receiver.status = 503
    await send_mail(client, subscribed.tenant, domain, 12)
    await send_due(sender, subscribed)
    oldest = await oldest_event(client, subscribed)
    clock.move(4 * DAY)
    await service.tidy(db, clock)
    assert {each["given_up"] for each in await subscribed.deliveries(client)} == {"age"}
    clock.move(DAY)
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    assert (await subscribed.shown(client))["disabled_reason"] == "failing"
    assert await missed_since(client, subscribed) == oldest


@pytest.mark.parametrize(
    "part",
    [
        {"until": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()},
        {"types": ["message.bounced"]},
    ],
    ids=["not up to its end", "not all types"],
)
async def test_a_replay_of_a_part_leaves_it_as_it_is(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock, part: dict[str, object]
) -> None:
    await switch(client, subscribed, "disabled")
    await switch(client, subscribed, "active")
    since = await missed_since(client, subscribed)
    await replay(client, subscribed, **{"since": (datetime.now(UTC) - DAY).isoformat()} | part)
    await go_on(db, clock, subscribed)
    assert await missed_since(client, subscribed) == since


async def test_a_replay_that_begins_later_leaves_it_as_it_is(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock
) -> None:
    for status in ("disabled", "active"):
        await switch(client, subscribed, status)
    since = await missed_since(client, subscribed)
    assert since is not None
    await replay(client, subscribed, since=(since + timedelta(microseconds=1)).isoformat())
    await go_on(db, clock, subscribed)
    assert await missed_since(client, subscribed) == since


async def test_a_replay_that_was_stopped_leaves_it_as_it_is(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock
) -> None:
    for status in ("disabled", "active"):
        await switch(client, subscribed, status)
    since = await missed_since(client, subscribed)
    await replay(client, subscribed, since=(datetime.now(UTC) - DAY).isoformat())
    await switch(client, subscribed, "disabled")
    await go_on(db, clock, subscribed)
    await switch(client, subscribed, "active")
    assert await missed_since(client, subscribed) == since


async def test_a_replay_from_before_it_was_off_once_more_leaves_it_as_it_is(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock
) -> None:
    for status in ("disabled", "active"):
        await switch(client, subscribed, status)
    await replay(client, subscribed, since=(datetime.now(UTC) - DAY).isoformat())
    for status in ("disabled", "active"):
        await switch(client, subscribed, status)
    await go_on(db, clock, subscribed)
    assert await missed_since(client, subscribed)


async def test_what_is_kept_of_all_that_was_missed_long_ago_is_brought_back(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    await remember(db, subscribed, clock.now() - 40 * DAY)
    with acting_for(subscribed.tenant.id):
        made = await service.replay_missed(db, clock, subscribed.webhook_id)
    assert (made.since, made.events) == (clock.now() - KEPT_DAYS * DAY, 1)
    await go_on(db, clock, subscribed)
    assert await missed_since(client, subscribed) is None


async def test_where_nothing_was_missed_nothing_is_sent_again(
    db: Database, subscribed: Subscribed, clock: FixedClock
) -> None:
    with acting_for(subscribed.tenant.id), pytest.raises(Invalid):
        await service.replay_missed(db, clock, subscribed.webhook_id)
