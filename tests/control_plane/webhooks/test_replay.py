from datetime import UTC, datetime, timedelta

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.webhooks import service
from control_plane.webhooks.queries import replays
from control_plane.webhooks.service import replays as replaying
from tests.conftest import Tenant
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, send_due, send_mail, subscribe


def an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


async def replay(client: httpx.AsyncClient, subscribed: Subscribed, **body: object) -> httpx.Response:
    wanted = {"since": an_hour_ago()} | body
    return await client.post(f"{subscribed.path}/replay", json=wanted, headers=subscribed.tenant.headers)


async def progress(client: httpx.AsyncClient, subscribed: Subscribed) -> tuple[str, int, int]:
    answer = await client.get(f"{subscribed.path}/replays", headers=subscribed.tenant.headers)
    newest = answer.json()["data"][0]
    return newest["status"], newest["sent"], newest["events"]


async def go_on(db: Database, clock: FixedClock, subscribed: Subscribed) -> None:
    await service.go_on(db, clock, subscribed.tenant.id, decode("whk", subscribed.webhook_id))


async def test_a_new_webhook_gets_the_past_under_the_ids_of_then(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    receiver: Receiver,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
) -> None:
    first = await subscribe(client, tenant, receiver.url)
    await send_mail(client, tenant, domain, 3)
    await send_due(sender, first)
    answer = await replay(client, first)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["status"], answer.json()["events"]) == ("running", 3)
    await go_on(db, clock, first)
    assert await progress(client, first) == ("done", 3, 3)
    await send_due(sender, first)
    ids = [each.headers["webhook-id"] for each in receiver.received]
    assert len(ids) == 6
    assert set(ids[:3]) == set(ids[3:])


async def test_it_goes_on_a_portion_at_a_time_while_there_is_room(
    client: httpx.AsyncClient,
    db: Database,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replaying, "_PORTION", 2)
    monkeypatch.setattr(replaying, "_MOST_BEFORE_IT", 2)
    await send_mail(client, subscribed.tenant, domain, 5)
    await send_due(sender, subscribed)
    await replay(client, subscribed)
    seen = []
    for _ in range(3):
        await go_on(db, clock, subscribed)
        await go_on(db, clock, subscribed)
        seen.append(await progress(client, subscribed))
        await send_due(sender, subscribed)
    assert seen == [("running", 2, 5), ("running", 4, 5), ("done", 5, 5)]


async def test_rare_events_among_many_are_looked_for_a_stretch_at_a_time(
    client: httpx.AsyncClient,
    db: Database,
    subscribed: Subscribed,
    clock: FixedClock,
    domain: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replaying, "_MOST_LOOKED_AT", 2)
    await send_mail(client, subscribed.tenant, domain, 4)
    assert (await replay(client, subscribed, types=["message.bounced"])).json()["events"] == 0
    seen = []
    for _ in range(3):
        await go_on(db, clock, subscribed)
        seen.append(await progress(client, subscribed))
    assert seen == [("running", 0, 0), ("running", 0, 0), ("done", 0, 0)]


async def test_what_would_take_long_to_count_is_too_large(
    client: httpx.AsyncClient, subscribed: Subscribed, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "_LONGEST_COUNT", "20ms")
    monkeypatch.setattr(replays, "_COUNT", f"select count(pg_sleep(5)) from ({replays._COUNT}) slow")
    await send_mail(client, subscribed.tenant, domain, 1)
    answer = await replay(client, subscribed)
    assert (answer.status_code, answer.json()["code"]) == (409, "replay_too_large")


async def test_only_what_is_subscribed_to_and_asked_for_is_sent(
    client: httpx.AsyncClient, tenant: Tenant, receiver: Receiver, domain: str
) -> None:
    await send_mail(client, tenant, domain, 2)
    bounces = await subscribe(client, tenant, receiver.url, "message.bounced")
    assert (await replay(client, bounces)).json()["events"] == 0
    assert (await replay(client, bounces, types=["message.accepted"])).status_code == 409  # the first is not over
    everything = await subscribe(client, tenant, receiver.url)
    assert (await replay(client, everything, types=["message.accepted"])).json()["events"] == 2


async def test_one_replay_at_a_time(client: httpx.AsyncClient, subscribed: Subscribed) -> None:
    assert (await replay(client, subscribed)).status_code == 202
    second = await replay(client, subscribed)
    assert (second.status_code, second.json()["code"]) == (409, "replay_running")


async def test_a_replay_has_a_bound(
    client: httpx.AsyncClient, subscribed: Subscribed, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "_MOST_EVENTS", 2)
    await send_mail(client, subscribed.tenant, domain, 3)
    answer = await replay(client, subscribed)
    assert (answer.status_code, answer.json()["code"]) == (409, "replay_too_large")


async def test_a_webhook_that_is_off_gets_no_replay_and_one_under_way_stops(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    await replay(client, subscribed)
    await client.patch(subscribed.path, json={"status": "disabled"}, headers=subscribed.tenant.headers)
    await go_on(db, clock, subscribed)
    assert await progress(client, subscribed) == ("stopped", 0, 1)
    assert (await replay(client, subscribed)).json()["code"] == "webhook_disabled"


async def test_a_replay_since_then_brings_what_was_missed(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock
) -> None:
    for status in ("disabled", "active"):
        await client.patch(subscribed.path, json={"status": status}, headers=subscribed.tenant.headers)
    assert (await subscribed.shown(client))["missed_since"]
    await replay(client, subscribed)
    assert (await subscribed.shown(client))["missed_since"], "nothing of it is on its way yet"
    await go_on(db, clock, subscribed)
    assert (await subscribed.shown(client))["missed_since"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"since": "2020-01-01T00:00:00Z"},
        {"since": "2999-01-01T00:00:00Z"},
        {"until": "2020-01-01T00:00:00Z"},
        {"types": ["message.send"]},
        {"types": []},
        {"since": "soon"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"since": "9999-12-31T23:59:59-14:00"},
    ],
)
async def test_nonsense_is_refused(client: httpx.AsyncClient, subscribed: Subscribed, body: dict[str, object]) -> None:
    answer = await replay(client, subscribed, **body)
    assert answer.status_code == 422, answer.text


async def test_the_sweep_finds_a_replay_that_no_trigger_came_for(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed
) -> None:
    await replay(client, subscribed)
    async with db.fleet_tx() as tx:
        running = [tuple(row) for row in await replays.running(tx)]
    assert (subscribed.tenant.id, decode("whk", subscribed.webhook_id)) in running


async def test_it_is_forgotten_a_month_after_it_ended(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, receiver: Receiver, clock: FixedClock
) -> None:
    subscribed = await subscribe(client, tenant, receiver.url)
    await replay(client, subscribed)
    await go_on(db, clock, subscribed)
    path = f"{subscribed.path}/replays"
    clock.move(timedelta(days=29))
    await service.tidy(db, clock)
    assert len((await client.get(path, headers=tenant.headers)).json()["data"]) == 1
    clock.move(timedelta(days=2))
    await service.tidy(db, clock)
    assert (await client.get(path, headers=tenant.headers)).json()["data"] == []
