"""What a test key submits to a node by SMTP is played like what it sends through the API."""

from typing import Any

import httpx
import pytest

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.messages.stored import used
from tests.control_plane.submissions.test_submissions import MAIL, described, hand_up, messages_of


@pytest.fixture
async def node(make_node: MakeNode) -> FleetNode:
    return await make_node()


async def _make_key(client: httpx.AsyncClient, tenant: Tenant, mode: str) -> str:
    body = {"name": "shop", "scopes": ["messages:write"], "smtp": True, "mode": mode}
    made: dict[str, Any] = (await client.post("/v1/api-keys", json=body, headers=tenant.headers)).json()
    return str(made["id"])


async def test_it_is_a_message_that_goes_nowhere(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, domain: str
) -> None:
    key_id = await _make_key(client, tenant, "test")
    assert (await hand_up(client, node, described(key_id), MAIL.format(domain=domain))).status_code == 204
    [message] = await messages_of(client, tenant)
    assert message["sandbox"]
    assert all(each["sandbox"] for each in message["recipients"])


async def test_what_cannot_be_taken_fails_inside(client: httpx.AsyncClient, tenant: Tenant, node: FleetNode) -> None:
    key_id = await _make_key(client, tenant, "test")
    assert (await hand_up(client, node, described(key_id), MAIL.format(domain="not-mine.test"))).status_code == 204
    [message] = await messages_of(client, tenant)
    assert (message["sandbox"], message["status"]) == (True, "failed")
    assert message["recipients"][0]["events"][0]["sandbox"]


async def test_what_the_node_counted_is_counted_out(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, node: FleetNode, domain: str
) -> None:
    await client.post(  # something is used
        "/v1/messages",
        json={
            "from": {"email": f"ann@{domain}"},
            "to": [{"email": f"bob{number}@else.test"} for number in range(3)],
            "text": "Hi",
        },
        headers=tenant.headers,
    )
    assert (await used(db, tenant))["messages_day"] == 3
    key_id = await _make_key(client, tenant, "test")
    await hand_up(client, node, described(key_id), MAIL.format(domain=domain))
    assert (await used(db, tenant))["messages_day"] == 1
    for _ in range(2):  # and never more than there is
        await hand_up(client, node, described(key_id), MAIL.format(domain=domain))
    assert "messages_day" not in await used(db, tenant)


async def test_the_same_submission_with_a_live_key_is_another(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, domain: str
) -> None:
    raw = f"Idempotency-Key: order-17\r\n{MAIL.format(domain=domain)}"
    for mode in ("test", "live"):
        await hand_up(client, node, described(await _make_key(client, tenant, mode)), raw)
    assert sorted(each["sandbox"] for each in await messages_of(client, tenant)) == [False, True]
