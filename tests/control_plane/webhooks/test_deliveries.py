import httpx
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from tests.conftest import Tenant
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, send_due, send_mail, subscribe


@pytest.fixture
async def refused(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, domain: str
) -> str:
    """Where the API has an event that the endpoint refused."""
    receiver.status = 500
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    [sent] = await subscribed.deliveries(client)
    return f"{subscribed.path}/deliveries/{sent['id']}"


async def test_the_last_request_and_its_answer_are_shown(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, refused: str
) -> None:
    shown = (await client.get(refused, headers=subscribed.tenant.headers)).json()
    [received] = receiver.received
    assert shown["request"]["body"] == received.body.decode()
    told = shown["request"]["headers"]
    assert {name: received.headers[name] for name in told if name != "webhook-signature"} == {
        name: value for name, value in told.items() if name != "webhook-signature"
    }
    assert received.headers["webhook-signature"] not in str(shown)
    assert (shown["response"]["status"], shown["response"]["excerpt"]) == (500, "ok")
    assert shown["response"]["headers"] == {"content-length": "2", "connection": "close"}
    assert shown["response"]["ms"] >= 0
    assert shown["delivery"]["type"] == "message.accepted"


async def test_before_the_first_try_there_is_nothing_to_show(
    client: httpx.AsyncClient, subscribed: Subscribed, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    [sent] = await subscribed.deliveries(client)
    answer = await client.get(f"{subscribed.path}/deliveries/{sent['id']}", headers=subscribed.tenant.headers)
    assert (answer.json()["request"], answer.json()["response"]) == (None, None)


async def test_it_can_be_sent_once_more_at_once(
    client: httpx.AsyncClient, receiver: Receiver, subscribed: Subscribed, sender: service.Sender, refused: str
) -> None:
    receiver.status = 200
    answer = await client.post(f"{refused}/retry", headers=subscribed.tenant.headers)
    assert (answer.status_code, answer.json()["status"], answer.json()["attempts"]) == (200, "pending", 0)
    await send_due(sender, subscribed)
    assert len(receiver.received) == 2
    again = await client.post(f"{refused}/retry", headers=subscribed.tenant.headers)
    assert again.json()["status"] == "pending"
    await send_due(sender, subscribed)
    first, _, third = receiver.received
    assert (first.headers["webhook-id"], first.body) == (third.headers["webhook-id"], third.body)


async def test_what_tells_of_an_event_that_is_gone_is_not_sent_once_more(
    client: httpx.AsyncClient, db: Database, subscribed: Subscribed, refused: str
) -> None:
    with acting_for(subscribed.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update webhook_deliveries set event_id = $1", ids.new_uuid())
    answer = await client.post(f"{refused}/retry", headers=subscribed.tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nothing_is_sent_once_more_to_a_webhook_that_is_off(
    client: httpx.AsyncClient, subscribed: Subscribed, refused: str
) -> None:
    await client.patch(subscribed.path, json={"status": "disabled"}, headers=subscribed.tenant.headers)
    answer = await client.post(f"{refused}/retry", headers=subscribed.tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")


async def test_what_was_sent_to_another_webhook_is_not_there(
    client: httpx.AsyncClient, tenant: Tenant, receiver: Receiver, refused: str
) -> None:
    other = await subscribe(client, tenant, receiver.url)
    path = f"{other.path}/deliveries/{refused.rpartition('/')[2]}"
    assert (await client.get(path, headers=tenant.headers)).status_code == 404
    assert (await client.post(f"{path}/retry", headers=tenant.headers)).status_code == 404


async def test_deliveries_can_be_filtered(
    client: httpx.AsyncClient, subscribed: Subscribed, refused: str, clock: FixedClock
) -> None:
    assert len(await subscribed.deliveries(client, status="pending", type="message.accepted")) == 1
    assert await subscribed.deliveries(client, status="delivered") == []
    assert await subscribed.deliveries(client, type="message.bounced") == []
    assert await subscribed.deliveries(client, since=clock.now().isoformat()) == []
    assert len(await subscribed.deliveries(client, until=clock.now().isoformat())) == 1
    assert refused


@pytest.mark.parametrize("query", ["status=lost", "type=%00", "type=message.send", "since=soon", "after=x", "limit=0"])
async def test_nonsense_in_a_filter_is_refused(client: httpx.AsyncClient, subscribed: Subscribed, query: str) -> None:
    answer = await client.get(f"{subscribed.path}/deliveries?{query}", headers=subscribed.tenant.headers)
    assert 400 <= answer.status_code < 500, answer.text
