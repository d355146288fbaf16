import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from control_plane.core.clock import FixedClock
from control_plane.webhooks import service
from control_plane.webhooks.service.secrets import OVERLAP
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, send_due, send_mail


async def change(client: httpx.AsyncClient, subscribed: Subscribed, **body: object) -> httpx.Response:
    return await client.patch(subscribed.path, json=body, headers=subscribed.tenant.headers)


async def test_what_is_left_out_stays(client: httpx.AsyncClient, subscribed: Subscribed) -> None:
    before = await subscribed.shown(client)
    answer = await change(client, subscribed, description="Orders", events=["message.bounced"])
    assert answer.status_code == 200, answer.text
    assert answer.json() == before | {"description": "Orders", "events": ["message.bounced"]}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "http://127.0.0.1:25/"}, "url"),  # a mail server's port
        ({"events": ["message.send"]}, "events"),
        ({"events": []}, "events"),
        ({"description": "\0"}, "description"),
        ({"status": "paused"}, "status"),
        ({"secret": "x"}, "secret"),
    ],
)
async def test_nonsense_is_refused_at_its_field(
    client: httpx.AsyncClient, subscribed: Subscribed, body: dict[str, object], path: str
) -> None:
    answer = await change(client, subscribed, **body)
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["errors"]] == [path]


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(
    client: httpx.AsyncClient, subscribed: Subscribed
) -> None:
    etag = (await client.get(subscribed.path, headers=subscribed.tenant.headers)).headers["etag"]
    assert (await change(client, subscribed, description="Orders")).status_code == 200
    late = await client.patch(
        subscribed.path, json={"description": "Bills"}, headers=subscribed.tenant.headers | {"If-Match": etag}
    )
    assert late.status_code == 412


async def test_that_it_fails_meanwhile_refuses_nobodys_change(
    client: httpx.AsyncClient, subscribed: Subscribed, receiver: Receiver, sender: service.Sender, domain: str
) -> None:
    etag = (await client.get(subscribed.path, headers=subscribed.tenant.headers)).headers["etag"]
    receiver.status = 500
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    answer = await client.patch(
        subscribed.path, json={"description": "Bills"}, headers=subscribed.tenant.headers | {"If-Match": etag}
    )
    assert answer.status_code == 200


async def test_switched_off_and_on_it_says_since_when_it_may_have_missed_something(
    client: httpx.AsyncClient, subscribed: Subscribed
) -> None:
    off = (await change(client, subscribed, status="disabled")).json()
    assert (off["status"], off["disabled_reason"]) == ("disabled", "manual")
    on = (await change(client, subscribed, status="active")).json()
    assert (on["status"], on["disabled_reason"], on["missed_since"]) == ("active", None, off["missed_since"])


async def test_another_address_gets_a_fresh_start(
    client: httpx.AsyncClient, subscribed: Subscribed, receiver: Receiver, sender: service.Sender, domain: str
) -> None:
    receiver.status = 500
    await send_mail(client, subscribed.tenant, domain, 8)
    await send_due(sender, subscribed)
    changed = (await change(client, subscribed, url=f"{receiver.url}/new")).json()
    assert (changed["health"]["failures"], changed["health"]["next_try_at"]) == (0, None)


async def test_after_a_rotation_both_secrets_verify_for_a_day(
    client: httpx.AsyncClient,
    subscribed: Subscribed,
    receiver: Receiver,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
) -> None:
    rotated = await client.post(f"{subscribed.path}/rotate-secret", headers=subscribed.tenant.headers)
    assert rotated.status_code == 200
    [new] = rotated.json()["secrets"]
    assert new != subscribed.secret
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    for secret in (new, subscribed.secret):
        Webhook(secret).verify(receiver.received[0].body, receiver.received[0].headers)
    clock.move(OVERLAP)
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    [signature] = receiver.received[1].headers["webhook-signature"].split()
    assert signature.startswith("v1,")


async def test_of_three_secrets_two_are_live(
    client: httpx.AsyncClient, subscribed: Subscribed, receiver: Receiver, sender: service.Sender, domain: str
) -> None:
    for _ in range(2):
        await client.post(f"{subscribed.path}/rotate-secret", headers=subscribed.tenant.headers)
    await send_mail(client, subscribed.tenant, domain)
    await send_due(sender, subscribed)
    assert len(receiver.received[0].headers["webhook-signature"].split()) == 2
    with pytest.raises(WebhookVerificationError):
        Webhook(subscribed.secret).verify(receiver.received[0].body, receiver.received[0].headers)
