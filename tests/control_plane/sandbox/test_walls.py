"""Test keys reach nothing that goes out, what they sent stays inside, and live mail is no play because it says so."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.sandbox.service import room
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.messages.conftest import Limit, limit  # noqa: F401 a fixture
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import statuses, used
from tests.control_plane.sandbox.conftest import SIMULATOR

Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def post(client: httpx.AsyncClient, domain: str) -> Post:
    """Send as somebody: `await post(tenant, "bob@else.test", …)`."""

    async def send(sender: Tenant, *recipients: str, **more: object) -> httpx.Response:
        body = message(domain, to=[{"email": each} for each in recipients], **more)
        return await client.post("/v1/messages", json=body, headers=sender.headers)

    return send


def _later() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


@pytest.mark.parametrize("act", ["cancel", "release"])
async def test_a_test_key_touches_no_live_message(
    client: httpx.AsyncClient, post: Post, tenant: Tenant, test_key: Tenant, act: str
) -> None:
    sent = (await post(tenant, "bob@else.test", send_at=_later())).json()["id"]
    answer = await client.post(f"/v1/messages/{sent}/{act}", headers=test_key.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "sandbox_only")


async def test_nor_lets_one_go_at_another_moment(
    client: httpx.AsyncClient, post: Post, tenant: Tenant, test_key: Tenant
) -> None:
    sent = (await post(tenant, "bob@else.test", f"delivered@{SIMULATOR}", send_at=_later())).json()["id"]
    answer = await client.patch(f"/v1/messages/{sent}", json={"send_at": None}, headers=test_key.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "sandbox_only")


async def test_to_a_test_key_strangers_messages_are_not_there(
    client: httpx.AsyncClient, stranger: Tenant, make_domain: Callable[..., Awaitable[str]], test_key: Tenant
) -> None:
    body = message(await make_domain(stranger), send_at=_later())
    sent = (await client.post("/v1/messages", json=body, headers=stranger.headers)).json()["id"]
    assert (await client.post(f"/v1/messages/{sent}/cancel", headers=test_key.headers)).status_code == 404


async def test_what_a_test_key_sent_goes_nowhere_when_a_live_key_sends_it_again(
    client: httpx.AsyncClient, post: Post, tenant: Tenant, test_key: Tenant
) -> None:
    sent = (await post(test_key, "bob@else.test")).json()["id"]
    again = await client.post(f"/v1/messages/{sent}/resend", json={}, headers=tenant.headers)
    assert again.json()["sandbox"]


async def test_what_a_live_key_sent_goes_nowhere_when_a_test_key_sends_it_again(
    client: httpx.AsyncClient, post: Post, tenant: Tenant, test_key: Tenant
) -> None:
    sent = (await post(tenant, "bob@else.test")).json()["id"]
    again = await client.post(f"/v1/messages/{sent}/resend", json={}, headers=test_key.headers)
    assert again.json()["sandbox"]


async def test_with_the_same_idempotency_key_the_live_message_goes_after_the_test(
    client: httpx.AsyncClient, tenant: Tenant, test_key: Tenant, domain: str
) -> None:
    once = {"Idempotency-Key": "order-1"}
    test = await client.post("/v1/messages", json=message(domain), headers=test_key.headers | once)
    live = await client.post("/v1/messages", json=message(domain), headers=tenant.headers | once)
    assert (test.json()["sandbox"], live.json()["sandbox"]) == (True, False)


@pytest.mark.parametrize("recipient", ["bounce@else.test", f"bounce@mail.{SIMULATOR}", f"bounce@{SIMULATOR}.else.test"])
async def test_live_mail_goes_out_however_its_recipient_is_called(post: Post, tenant: Tenant, recipient: str) -> None:
    assert not (await post(tenant, recipient)).json()["sandbox"]


async def test_the_simulators_domain_is_nobodys(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for name in (SIMULATOR, f"mail.{SIMULATOR}"):
        answer = await client.post("/v1/domains", json={"name": name}, headers=tenant.headers)
        assert answer.status_code == 422


async def test_no_node_is_offered_it_even_with_a_lease_on_its_pool(
    db: Database, post: Post, tenant: Tenant, test_key: Tenant, make_node: MakeNode
) -> None:
    node: FleetNode = await make_node()
    await post(test_key, "bob@else.test")
    async with db.fleet_tx() as tx:  # as if somebody had put it in line
        await tx.connection.execute("select await_turns($1, $2)", tenant.id, [SANDBOX_POOL])
    assert await deliveries.claim(db, node.id, 100) is None


async def test_what_waits_outside_the_line_is_left_there(
    db: Database, post: Post, tenant: Tenant, test_key: Tenant
) -> None:
    await post(test_key, "bob@else.test")
    await deliveries.find_turns(db)
    async with db.fleet_tx() as tx:
        assert not await tx.connection.fetchval("select count(*) from turns where tenant_id = $1", tenant.id)


async def test_a_tenant_that_is_over_its_limit_can_still_try_its_programs(
    db: Database,
    post: Post,
    tenant: Tenant,
    test_key: Tenant,
    limit: Limit,  # noqa: F811
) -> None:
    await limit(tenant, messages_hour=1)
    assert (await post(tenant, "bob@else.test")).status_code == 202
    assert (await post(tenant, "bob@else.test")).status_code == 403
    assert (await post(test_key, "bob@else.test")).json()["status"] == "accepted"
    assert (await post(tenant, f"delivered@{SIMULATOR}")).json()["status"] == "accepted"
    assert (await used(db, tenant))["messages_hour"] == 1


async def test_what_is_held_of_a_message_is_only_what_goes_out(
    db: Database,
    post: Post,
    tenant: Tenant,
    limit: Limit,  # noqa: F811
) -> None:
    await limit(tenant, "hold", messages_hour=1)
    await post(tenant, "bob@else.test")
    await post(tenant, "bob@else.test", f"delivered@{SIMULATOR}")
    assert sorted(await statuses(db, tenant)) == ["accepted", "accepted", "held"]
    assert (await used(db, tenant))["messages_held"] == 1


async def test_so_much_is_played_on_a_day_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
    client: httpx.AsyncClient,
    post: Post,
    tenant: Tenant,
    test_key: Tenant,
    domain: str,
) -> None:
    monkeypatch.setattr(room, "MOST_A_DAY", 3)
    assert (await post(test_key, "bob@else.test", "eve@else.test")).status_code == 202
    refused = await post(test_key, "bob@else.test", "eve@else.test")
    assert (refused.status_code, refused.json()["code"]) == (403, "sandbox_limit")
    batch = {"messages": [message(domain), message(domain)]}
    results = (await client.post("/v1/messages/batch", json=batch, headers=test_key.headers)).json()["results"]
    assert [each.get("error", {}).get("code") for each in results] == [None, "sandbox_limit"]
    assert (await post(tenant, "bob@else.test")).status_code == 202


async def test_the_list_is_narrowed_to_what_goes_nowhere(
    client: httpx.AsyncClient, post: Post, tenant: Tenant, test_key: Tenant
) -> None:
    await post(tenant, "bob@else.test")
    played = [(await post(sender, email)).json()["id"] for sender, email in (
        (test_key, "bob@else.test"), (tenant, f"delivered@{SIMULATOR}"))]  # fmt: skip
    for asked in ({"sandbox": "only"}, {"query": "sandbox:only"}):
        listed = (await client.get("/v1/messages", params=asked, headers=tenant.headers)).json()["data"]
        assert [each["id"] for each in reversed(listed)] == played
    refused = await client.get("/v1/messages", params={"query": "sandbox:no"}, headers=tenant.headers)
    assert refused.status_code == 422


async def test_accepting_live_mail_asks_for_no_room(db: Database, post: Post, tenant: Tenant) -> None:
    await post(tenant, "bob@else.test")
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            assert not await tx.connection.fetchval("select count(*) from sandbox_usage")
