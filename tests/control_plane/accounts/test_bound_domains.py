"""A key that is bound to mail domains acts for these and for no others."""

import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httpx
import pytest

from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.messages.messages import message


@pytest.fixture
async def ours(tenant: Tenant, make_domain: MakeDomain) -> str:
    """The domain that the key is bound to."""
    return await make_domain(tenant, "ours")


@pytest.fixture
async def other(tenant: Tenant, make_domain: MakeDomain) -> str:
    """Another domain of the same tenant."""
    return await make_domain(tenant, "other")


Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def ask(client: httpx.AsyncClient, tenant: Tenant, ours: str) -> Ask:
    """Ask with a key that is bound to `ours`."""
    wanted = {"name": "shop", "scopes": ["*"], "allowed_domains": [ours.upper()]}
    made = (await client.post("/v1/api-keys", json=wanted, headers=tenant.headers)).json()
    assert made["allowed_domains"] == [ours]
    headers = {"Authorization": f"Bearer {made['secret']}"}

    async def send(method: str, path: str, body: object = None) -> httpx.Response:
        return await client.request(method, path, json=body, headers=headers)

    return send


def mailbox(domain: str) -> dict[str, str]:
    return {"address": f"ann@{domain}", "password": "correct horse battery"}


async def test_mail_is_accepted_from_its_domains_only(ask: Ask, ours: str, other: str) -> None:
    assert (await ask("POST", "/v1/messages", message(ours))).status_code == HTTPStatus.ACCEPTED
    refused = await ask("POST", "/v1/messages", message(other))
    assert (refused.status_code, refused.json()["code"]) == (422, "domain_not_usable")
    assert "bound" in refused.json()["detail"]
    batch = await ask("POST", "/v1/messages/batch", {"messages": [message(ours), message(other)]})
    accepted, rejected = batch.json()["results"]
    assert accepted["id"]
    assert rejected["error"]["code"] == "domain_not_usable"


async def test_mailboxes_are_made_and_changed_in_its_domains_only(
    ask: Ask, client: httpx.AsyncClient, tenant: Tenant, ours: str, other: str, make_node: MakeNode
) -> None:
    await make_node()
    assert (await ask("POST", "/v1/mailboxes", mailbox(ours))).status_code == HTTPStatus.CREATED
    assert (await ask("POST", "/v1/mailboxes", mailbox(other))).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    theirs = (await client.post("/v1/mailboxes", json=mailbox(other), headers=tenant.headers)).json()
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        refused = await ask(method, f"/v1/mailboxes/{theirs['id']}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "domain_out_of_reach")


async def test_other_domains_are_left_alone_and_none_are_added(ask: Ask, ours: str, other: str) -> None:
    ids = {domain["name"]: domain["id"] for domain in (await ask("GET", "/v1/domains")).json()["data"]}
    for method, path in [("POST", f"/v1/domains/{ids[other]}/verify"), ("DELETE", f"/v1/domains/{ids[other]}")]:
        assert (await ask(method, path)).json()["code"] == "domain_out_of_reach"
    assert (await ask("POST", "/v1/domains", {"name": "new.test"})).json()["code"] == "domain_out_of_reach"
    assert (await ask("DELETE", f"/v1/domains/{ids[ours]}")).status_code == HTTPStatus.NO_CONTENT


async def test_people_are_left_alone_who_would_not_be_bound(
    ask: Ask, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    asked = {"email": f"eve-{secrets.token_hex(4)}@else.test", "role": "support"}
    refused = await ask("POST", "/v1/invitations", asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_out_of_reach")
    made = (await client.post("/v1/invitations", json=asked, headers=tenant.headers)).json()
    for method, path in [("POST", f"/v1/invitations/{made['id']}/resend"), ("DELETE", f"/v1/invitations/{made['id']}")]:
        assert (await ask(method, path)).json()["code"] == "role_out_of_reach"
