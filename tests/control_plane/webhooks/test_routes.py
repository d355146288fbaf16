import httpx
import pytest

from control_plane.core import http
from tests.conftest import Tenant


async def test_a_webhooks_secret_is_shown_once(client: httpx.AsyncClient, tenant: Tenant) -> None:
    new = {"url": "http://127.0.0.1:9/hooks", "events": ["message.delivered"]}
    made = await client.post("/v1/webhooks", json=new, headers=tenant.headers)
    assert made.status_code == 201, made.text
    [secret] = made.json()["secrets"]
    assert secret.startswith("whsec_")
    listed = await client.get("/v1/webhooks", headers=tenant.headers)
    [shown] = listed.json()["data"]
    assert (shown["id"], shown["url"], shown["events"]) == (made.json()["id"], new["url"], new["events"])
    assert "secrets" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks",
        "ftp://127.0.0.1/",
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "http://93.184.215.14/",  # plain HTTP over the internet
        "https://user:password@127.0.0.1/",
        "https://no-such-host.invalid/",
        "https://127.0.0.1/\nx",
        "https://127.0.0.1:99999/",
    ],
)
async def test_an_address_that_must_not_be_reached_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, url: str
) -> None:
    answer = await client.post("/v1/webhooks", json={"url": url}, headers=tenant.headers)
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["errors"]] == ["url"]


async def test_that_a_name_cannot_be_looked_up_just_now_is_not_taken_for_a_wrong_name(
    client: httpx.AsyncClient, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise http.Unresolved("nobody answers")

    monkeypatch.setattr(http, "checked_address", away)
    answer = await client.post("/v1/webhooks", json={"url": "https://hooks.test/"}, headers=tenant.headers)
    assert answer.status_code == 422
    assert "cannot be looked up just now" in answer.text


async def test_an_unknown_event_type_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    new = {"url": "http://127.0.0.1:9/", "events": ["message.send"]}
    answer = await client.post("/v1/webhooks", json=new, headers=tenant.headers)
    assert [each["path"] for each in answer.json()["errors"]] == ["events"]


async def test_another_tenants_webhook_is_not_there(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant
) -> None:
    made = (await client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/"}, headers=tenant.headers)).json()
    path = f"/v1/webhooks/{made['id']}"
    for answer in (
        await client.get(path, headers=stranger.headers),
        await client.get(f"{path}/deliveries", headers=stranger.headers),
        await client.delete(path, headers=stranger.headers),
    ):
        assert answer.status_code == 404
    assert (await client.get(path, headers=tenant.headers)).status_code == 200


async def test_a_deleted_webhook_is_gone(client: httpx.AsyncClient, tenant: Tenant) -> None:
    made = (await client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/"}, headers=tenant.headers)).json()
    path = f"/v1/webhooks/{made['id']}"
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    assert (await client.get(path, headers=tenant.headers)).status_code == 404
