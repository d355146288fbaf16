"""A mail reaches the program that a route names, signed, however long that was away; and the cursor."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.runtime import Runtime
from control_plane.webhooks import service as webhooks
from tests.conftest import Tenant
from tests.control_plane.inbound_routes.conftest import MakeRoute, Receive
from tests.control_plane.webhooks.conftest import Receiver


@pytest.fixture
async def program() -> AsyncGenerator[Receiver]:
    """A program of the customer's that takes webhooks."""
    program = Receiver()
    server = await asyncio.start_server(program.serve, "127.0.0.1", 0)
    program.port = server.sockets[0].getsockname()[1]
    async with server:
        yield program


async def test_a_program_that_was_away_for_a_day_gets_its_mail(
    client: httpx.AsyncClient,
    runtime: Runtime,
    tenant: Tenant,
    program: Receiver,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    new = {"url": program.url, "events": ["domain.failed"]}
    hook = (await client.post("/v1/webhooks", json=new, headers=tenant.headers)).json()
    await make_route(action={"type": "webhook", "webhook_id": hook["id"]})
    await receive()
    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=1))
    sender = webhooks.Sender(runtime.db, runtime.vault, runtime.http, clock)
    for hour in range(36):
        program.status = 503 if hour < 24 else 204
        await sender.send_due(tenant.id, ids.decode("whk", hook["id"]))
        clock.move(timedelta(hours=1))
    assert len({each.headers["webhook-id"] for each in program.received}) == 1
    event = Webhook(hook["secrets"][0]).verify(program.received[0].body, program.received[0].headers)
    assert event["type"] == "message.received"
    assert event["data"]["content"]["reply"] == "It has not come."
    answer = await client.get(f"/v1/webhooks/{hook['id']}/deliveries", headers=tenant.headers)
    [delivery] = answer.json()["data"]
    assert (delivery["status"], delivery["response_status"]) == ("delivered", 204)


async def test_who_pulls_events_reads_of_it_too(
    client: httpx.AsyncClient, tenant: Tenant, webhook: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    mail_id = await receive()
    answer = await client.get("/v1/events?types=message.received", headers=tenant.headers)
    assert [each["data"]["inbound_message_id"] for each in answer.json()["data"]] == [ids.encode("inb", mail_id)]
