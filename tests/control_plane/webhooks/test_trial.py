"""A sample shows at once whether an endpoint works."""

import asyncio
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from standardwebhooks.webhooks import Webhook

from control_plane.core.ids import TenantId, new_uuid
from control_plane.events.kinds import EVENT_TYPES
from control_plane.webhooks.samples import sample_body
from tests.conftest import Tenant
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, subscribe


async def test_a_sample_is_sent_and_the_answer_shown(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed
) -> None:
    wanted = {"type": "message.bounced"}
    answer = await client.post(f"{subscribed.path}/test", json=wanted, headers=subscribed.tenant.headers)
    assert answer.status_code == 200, answer.text
    [received] = receiver.received
    event = Webhook(subscribed.secret).verify(received.body, received.headers)
    assert (event["type"], event["data"]["test"]) == ("message.bounced", True)
    told = answer.json()
    assert (told["delivered"], told["response"]["status"]) == (True, 204)
    assert told["request"]["body"] == received.body.decode()
    assert told["request"]["headers"]["webhook-id"] == received.headers["webhook-id"]
    assert received.headers["webhook-signature"] not in answer.text
    assert await subscribed.deliveries(client) == []


async def test_an_endpoint_that_is_not_there_is_no_error_of_ours(client: httpx.AsyncClient, tenant: Tenant) -> None:
    nowhere = await subscribe(client, tenant, "http://127.0.0.1:1/")
    answer = await client.post(f"{nowhere.path}/test", json={}, headers=tenant.headers)
    assert answer.status_code == 200
    assert (answer.json()["delivered"], answer.json()["response"]["status"]) == (False, None)


async def test_a_sample_of_no_type_is_refused(client: httpx.AsyncClient, subscribed: Subscribed) -> None:
    answer = await client.post(f"{subscribed.path}/test", json={"type": "*"}, headers=subscribed.tenant.headers)
    assert [each["path"] for each in answer.json()["errors"]] == ["type"]


async def test_who_waits_for_several_tests_waits_for_them_first(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed
) -> None:
    receiver.may_answer.clear()
    address, headers = f"{subscribed.path}/test", subscribed.tenant.headers
    waiting = [asyncio.create_task(client.post(address, json={}, headers=headers)) for _ in range(3)]
    await receiver.wait_for(3)
    refused = await client.post(address, json={}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_webhook_tests")
    receiver.may_answer.set()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_there_is_a_sample_of_each_type(event_type: str) -> None:
    body = sample_body(event_type, new_uuid(), TenantId(new_uuid()), datetime.now(UTC))
    told = msgspec.json.decode(body)
    assert told["type"] == told["data"]["type"] == event_type
    assert len(told["data"]) > 4
