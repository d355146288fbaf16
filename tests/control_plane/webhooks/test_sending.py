import asyncio
from datetime import timedelta

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from control_plane.core import kept_connections
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.jobs import MOST_AT_ONCE
from control_plane.core.outbox import JobTrigger
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import jobs, service
from control_plane.webhooks.circuit import AT_ONCE
from control_plane.webhooks.queries import sending
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, happen, send_due, send_mail, subscribe


async def test_an_event_arrives_signed_so_that_the_standard_library_accepts_it(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    [received] = receiver.received
    event = Webhook(subscribed.secret).verify(received.body, received.headers)
    assert event["type"] == "message.accepted"
    assert received.headers["webhook-id"] == event["data"]["id"]
    assert event["data"]["recipient"] == "bob@else.test"
    assert (event["data"]["tags"], event["data"]["metadata"]) == (["order"], {"order": "1"})
    assert event["data"]["message_id"].startswith("msg_")
    [shown] = await subscribed.deliveries(client)
    assert (shown["status"], shown["attempts"], shown["response_status"]) == ("delivered", 1, 204)


@pytest.mark.parametrize("status", [500, 302])
async def test_a_refused_event_is_tried_again_after_5_seconds_with_the_same_id_and_body(
    client: httpx.AsyncClient,
    receiver: Receiver,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
    status: int,
) -> None:
    receiver.status = status
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    await send_due(sender, subscribed)
    assert len(receiver.received) == 1
    [shown] = await subscribed.deliveries(client)
    assert (shown["status"], shown["response_status"], shown["response_excerpt"]) == ("pending", status, "ok")

    receiver.status = 200
    clock.move(timedelta(seconds=5))
    await send_due(sender, subscribed)
    first, second = receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_an_endpoint_that_does_not_listen_is_tried_again(
    client: httpx.AsyncClient, tenant: Tenant, sender: service.Sender, domain: str
) -> None:
    subscribed = await subscribe(client, tenant, "http://127.0.0.1:1/")
    await send_mail(client, tenant, domain)
    await send_due(sender, subscribed)
    [shown] = await subscribed.deliveries(client)
    assert (shown["status"], shown["response_status"]) == ("pending", None)
    assert "ConnectError" in str(shown["response_excerpt"])


async def test_two_workers_never_send_the_same_event_at_the_same_time(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain, 20)
    await asyncio.gather(*(send_due(sender, subscribed) for _ in range(4)))
    sent = [each.headers["webhook-id"] for each in receiver.received]
    assert len(sent) == len(set(sent))
    await send_due(sender, subscribed)
    assert len(receiver.received) == 20


async def test_a_slow_endpoint_gets_few_at_once_and_holds_up_nobody(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain, 30)
    receiver.may_answer.clear()
    workers = [asyncio.create_task(send_due(sender, subscribed)) for _ in range(3)]
    await receiver.wait_for(8)
    receiver.may_answer.set()
    await asyncio.gather(*workers)
    await send_due(sender, subscribed)
    assert len(receiver.received) == 30
    assert receiver.most_at_once == 8


async def test_what_a_lost_worker_had_claimed_is_due_again_later(
    client: httpx.AsyncClient,
    db: Database,
    receiver: Receiver,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    with acting_for(subscribed.tenant.id):
        async with db.tenant_tx() as tx:
            webhook_id = decode("whk", subscribed.webhook_id)
            assert len(await sending.claim(tx, subscribed.tenant.id, webhook_id, clock.now(), 8)) == 1
    await send_due(sender, subscribed)
    assert receiver.received == []
    clock.move(timedelta(seconds=sending.CLAIM_SECONDS))
    await send_due(sender, subscribed)
    assert len(receiver.received) == 1


async def test_the_sweep_finds_what_no_trigger_came_for(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, clock: FixedClock, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    async with db.fleet_tx() as tx:
        due = await sending.due_webhooks(tx, clock.now())
    assert (subscribed.tenant.id, decode("whk", subscribed.webhook_id)) in [tuple(row) for row in due]


async def test_events_that_are_not_subscribed_to_are_not_sent(
    client: httpx.AsyncClient, tenant: Tenant, receiver: Receiver, domain: str
) -> None:
    subscribed = await subscribe(client, tenant, receiver.url, "message.bounced")
    await send_mail(client, tenant, domain)
    assert await subscribed.deliveries(client) == []


async def test_fan_out_works_for_the_fleet_role_and_triggers_each_webhook_once(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain, 2)
    tenant_id = subscribed.tenant.id
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            event_ids = [row["id"] for row in await tx.connection.fetch("select id from events")]
    async with db.fleet_tx() as tx:
        made = await service.fan_out(tx, [tenant_id] * 2, event_ids, ["message.delivered"] * 2)
        webhook_id = decode("whk", subscribed.webhook_id)
        assert list(tx.outbox.jobs) == [JobTrigger("webhooks.send", (str(tenant_id), str(webhook_id)), 0.1)]
    assert made == 2


async def test_a_deleted_webhook_gets_nothing_more(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    await client.delete(f"/v1/webhooks/{subscribed.webhook_id}", headers=subscribed.tenant.headers)
    await send_due(sender, subscribed)
    assert receiver.received == []


async def test_a_try_that_fails_in_an_unforeseen_way_counts_too(
    client: httpx.AsyncClient, subscribed: Subscribed, sender: service.Sender, db: Database, domain: str
) -> None:
    """It would else be made again for ever, every half minute."""
    with acting_for(subscribed.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update webhooks set url = 'http://127.0.0.1:99999/'")
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    [shown] = await subscribed.deliveries(client)
    assert (shown["status"], shown["attempts"], shown["response_status"]) == ("pending", 1, None)


async def test_a_tenant_whose_webhooks_do_not_answer_keeps_few_jobs_busy(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, receiver: Receiver, domain: str
) -> None:
    receiver.may_answer.clear()
    new = {"url": receiver.url}
    made = [(await client.post("/v1/webhooks", json=new, headers=tenant.headers)).json()["id"] for _ in range(6)]
    await send_mail(client, tenant, domain)
    sendings = [asyncio.create_task(jobs.send(runtime, str(tenant.id), str(decode("whk", each)))) for each in made]
    await receiver.wait_for(4)
    assert [sending.done() for sending in sendings].count(False) == 4
    receiver.may_answer.set()
    await asyncio.gather(*sendings)
    assert len(receiver.received) == 4


async def test_slow_webhooks_of_many_tenants_leave_jobs_to_others(
    client: httpx.AsyncClient,
    runtime: Runtime,
    make_tenant: MakeTenant,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "_AT_ONCE", 2)
    receiver.may_answer.clear()
    everybody = [await subscribe(client, await make_tenant(), receiver.url) for _ in range(4)]
    for each in everybody:
        await happen(runtime.db, each, "message.accepted")
    wanted = [(str(each.tenant.id), str(decode("whk", each.webhook_id))) for each in everybody]
    sendings = [asyncio.create_task(jobs.send(runtime, *ids)) for ids in wanted]
    await receiver.wait_for(2)
    assert [sending.done() for sending in sendings].count(False) == 2
    receiver.may_answer.set()
    await asyncio.gather(*sendings)
    for ids in wanted:
        await jobs.send(runtime, *ids)
    assert len(receiver.received) == 4


def test_all_jobs_that_send_find_a_connection_and_leave_jobs_to_others() -> None:
    assert jobs._AT_ONCE < MOST_AT_ONCE
    assert jobs._AT_ONCE * AT_ONCE < kept_connections._MOST


@pytest.mark.parametrize("is_told_of_more", [False, True])
async def test_a_job_stops_claiming_after_half_a_minute_and_lets_what_is_under_way_end(
    client: httpx.AsyncClient,
    receiver: Receiver,
    subscribed: Subscribed,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
    is_told_of_more: bool,
) -> None:
    receiver.may_answer.clear()
    news = asyncio.Event()
    await send_mail(client, subscribed.tenant, domain, 12)
    at_it = asyncio.create_task(sender.send_due(subscribed.tenant.id, decode("whk", subscribed.webhook_id), news))
    await receiver.wait_for(AT_ONCE)
    clock.move(timedelta(seconds=30))
    if is_told_of_more:
        news.set()
    receiver.may_answer.set()
    await at_it
    assert len(await subscribed.deliveries(client, status="delivered")) == len(receiver.received) == AT_ONCE
    await send_due(sender, subscribed)
    assert len(receiver.received) == 12


async def test_what_happens_while_a_slow_try_is_under_way_is_sent_beside_it_by_the_same_job(
    client: httpx.AsyncClient, runtime: Runtime, receiver: Receiver, subscribed: Subscribed, domain: str
) -> None:
    receiver.may_answer.clear()
    wanted = str(subscribed.tenant.id), str(decode("whk", subscribed.webhook_id))
    await send_mail(client, subscribed.tenant, domain)
    at_it = asyncio.create_task(jobs.send(runtime, *wanted))
    await receiver.wait_for(1)
    await send_mail(client, subscribed.tenant, domain)
    await jobs.send(runtime, *wanted)
    await receiver.wait_for(2)
    assert not at_it.done()
    receiver.may_answer.set()
    await at_it
    assert len(await subscribed.deliveries(client, status="delivered")) == 2
