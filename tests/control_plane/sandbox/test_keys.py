"""Test keys: told apart by their secrets, one for life, and never a way to a live key."""

import httpx
import pytest
from litestar import Litestar

from control_plane.core.key_ring import split_key
from control_plane.core.sandbox import Mode
from tests.conftest import MakeTenant, Tenant

_NEW = {"name": "Tests", "scopes": ["*"]}


async def _make(client: httpx.AsyncClient, headers: dict[str, str], mode: Mode) -> dict[str, str]:
    answer = await client.post("/v1/api-keys", json=_NEW | {"mode": mode}, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def _with(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
async def tenant(make_tenant: MakeTenant) -> Tenant:
    return await make_tenant()


@pytest.mark.parametrize(
    "token",
    ["", "fp_", "fp_test_", "fp_test", "test_" + "a" * 56, "fp_test_test_" + "a" * 56, "fp__" + "a" * 56],
)
def test_what_is_no_secret_is_not_taken_for_one(token: str) -> None:
    assert split_key(token) is None


async def test_a_test_key_is_known_by_its_secret_and_shown_as_one(client: httpx.AsyncClient, tenant: Tenant) -> None:
    made = await _make(client, tenant.headers, "test")
    assert made["secret"].startswith("fp_test_")
    shown = (await client.get(f"/v1/api-keys/{made['id']}", headers=_with(made["secret"]))).json()
    assert shown["mode"] == "test"


async def test_keys_are_live_unless_they_are_asked_for_otherwise(client: httpx.AsyncClient, tenant: Tenant) -> None:
    made = (await client.post("/v1/api-keys", json=_NEW, headers=tenant.headers)).json()
    assert made["mode"] == "live"
    assert not made["secret"].startswith("fp_test_")


async def test_a_test_key_makes_test_keys_only(client: httpx.AsyncClient, tenant: Tenant) -> None:
    test = await _make(client, tenant.headers, "test")
    await _make(client, _with(test["secret"]), "test")
    refused = await client.post("/v1/api-keys", json=_NEW, headers=_with(test["secret"]))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "mode"


async def test_a_test_key_gets_at_no_live_key_by_replacing_or_loosening_it(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    test = await _make(client, tenant.headers, "test")
    live = await _make(client, tenant.headers, "live")
    headers, path = _with(test["secret"]), f"/v1/api-keys/{live['id']}"
    for refused in (
        await client.post(f"{path}/rotate", json={}, headers=headers),
        await client.patch(path, json={"name": "Mine"}, headers=headers),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "api_key_beyond_you")


async def test_what_replaces_a_test_key_is_one_too(client: httpx.AsyncClient, tenant: Tenant) -> None:
    test = await _make(client, tenant.headers, "test")
    made = (await client.post(f"/v1/api-keys/{test['id']}/rotate", json={}, headers=tenant.headers)).json()
    assert made["mode"] == "test"
    assert made["secret"].startswith("fp_test_")


async def test_the_mode_of_a_key_is_not_changed(client: httpx.AsyncClient, tenant: Tenant) -> None:
    test = await _make(client, tenant.headers, "test")
    answer = await client.patch(f"/v1/api-keys/{test['id']}", json={"mode": "live"}, headers=tenant.headers)
    assert answer.status_code in {400, 422}


async def test_access_tokens_of_a_test_key_are_of_its_mode(
    app: Litestar, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    test = await _make(client, tenant.headers, "test")
    form = {"grant_type": "client_credentials", "client_id": test["id"], "client_secret": test["secret"]}
    token = (await client.post("/oauth/token", data=form)).json()["access_token"]
    found = await app.state.key_ring.authenticate(token)
    assert found.subject.mode == "test"


async def test_the_same_idempotency_key_is_another_with_a_test_key(client: httpx.AsyncClient, tenant: Tenant) -> None:
    test = await _make(client, tenant.headers, "test")
    new, once = _NEW | {"mode": "test"}, {"Idempotency-Key": "once"}
    first = await client.post("/v1/api-keys", json=new, headers=_with(test["secret"]) | once)
    second = await client.post("/v1/api-keys", json=new, headers=tenant.headers | once)
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] != second.json()["id"]
