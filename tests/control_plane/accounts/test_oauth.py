"""A program trades its key for an access token (RFC 6749 §4.4), and works with that."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from litestar import Litestar

from control_plane.core.key_ring import KeyRing
from tests.conftest import Tenant

PATH = "/oauth/token"
GRANT = {"grant_type": "client_credentials"}


class Program:
    """A program with a key."""

    def __init__(self, client: httpx.AsyncClient, key: dict[str, Any], address: str = "127.0.0.1") -> None:
        self.client = client
        self.key = key
        self.address = address

    async def ask(self, **fields: str) -> httpx.Response:
        """Ask for a token with a form."""
        form = GRANT | {"client_id": self.key["id"], "client_secret": self.key["secret"]} | fields
        return await self.client.post(PATH, data=form, headers={"X-Forwarded-For": self.address})

    async def token(self, **fields: str) -> str:
        """Give a token."""
        answer = await self.ask(**fields)
        assert answer.status_code == 200, answer.text
        given: str = answer.json()["access_token"]
        return given

    async def get(self, path: str, token: str) -> httpx.Response:
        """Ask for something with a token."""
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": self.address}
        return await self.client.get(path, headers=headers)


MakeProgram = Callable[..., Awaitable[Program]]


@pytest.fixture
def make_program(client: httpx.AsyncClient, tenant: Tenant) -> MakeProgram:
    """Make a program: `await make_program(scopes=["messages:*"])`."""

    async def make(**wanted: object) -> Program:
        body = {"name": "shop", "scopes": ["messages:*", "domains:read"]} | wanted
        made = await client.post("/v1/api-keys", json=body, headers=tenant.headers)
        assert made.status_code == 201, made.text
        return Program(client, made.json())

    return make


@pytest.fixture
async def shop(make_program: MakeProgram) -> Program:
    """A program that sends mail and reads domains."""
    return await make_program()


async def test_a_key_is_traded_for_a_token_of_an_hour(shop: Program) -> None:
    answer = await shop.ask()
    given = answer.json()
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 3600, "domains:read messages:*")
    assert answer.headers["cache-control"] == "no-store"
    assert shop.key["secret"] not in answer.text
    assert (await shop.get("/v1/messages", given["access_token"])).status_code == 200
    me = (await shop.get("/v1/me", given["access_token"])).json()
    assert me["key"]["id"] == shop.key["id"]


async def test_credentials_may_come_in_the_header(shop: Program) -> None:
    basic = base64.b64encode(f"{shop.key['id']}:{shop.key['secret']}".encode()).decode()
    answer = await shop.client.post(PATH, data=GRANT, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200, answer.text


async def test_a_token_may_have_fewer_rights_than_its_key(shop: Program) -> None:
    token = await shop.token(scope="messages:read")
    assert (await shop.get("/v1/messages", token)).status_code == 200
    assert (await shop.get("/v1/domains", token)).status_code == 403
    assert (await shop.get("/v1/me", token)).json()["scopes"] == ["messages:read"]


@pytest.mark.parametrize("scope", ["mailboxes:read", "*", "messages:burn", "domains:*", "messages:read lamps:read"])
async def test_a_token_never_has_more(shop: Program, scope: str) -> None:
    answer = await shop.ask(scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_a_revoked_key_ends_its_tokens(app: Litestar, shop: Program, tenant: Tenant) -> None:
    token = await shop.token()
    await shop.client.delete(f"/v1/api-keys/{shop.key['id']}", headers=tenant.headers)
    ring: KeyRing = app.state.key_ring
    ring._keys.clear()  # otherwise some seconds later
    assert (await shop.get("/v1/messages", token)).status_code == 401
    refused = await shop.ask()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_a_keys_networks_count_for_its_tokens(make_program: MakeProgram) -> None:
    shop = await make_program(allowed_networks=["192.0.2.0/24"])
    assert (await shop.ask()).status_code == 401
    shop.address = "192.0.2.7"
    token = await shop.token()
    assert (await shop.get("/v1/messages", token)).status_code == 200
    shop.address = "198.51.100.7"
    assert (await shop.get("/v1/messages", token)).status_code == 401


async def test_a_token_is_not_traded_for_another(shop: Program) -> None:
    refused = await shop.ask(client_secret=await shop.token(scope="messages:read"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        (GRANT, 401, "invalid_client"),
        (GRANT | {"client_id": "key_x", "client_secret": "fp_x"}, 401, "invalid_client"),
        (GRANT | {"client_id": "\0", "client_secret": "ü"}, 401, "invalid_client"),
    ],
)
async def test_refusals_are_those_of_the_protocol(
    client: httpx.AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = await client.post(PATH, data=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic")


async def test_another_grant_is_not_supported(shop: Program) -> None:
    answer = await shop.ask(grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_another_keys_id_does_not_fit(shop: Program, make_program: MakeProgram) -> None:
    answer = await shop.ask(client_id=(await make_program()).key["id"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("header", ["Basic", "Basic =", "Basic /////w==", "Basic Zm9v", "Bearer x"])
async def test_odd_headers_are_refused(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.post(PATH, data=GRANT, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_credentials_come_one_way_only(shop: Program) -> None:
    both = await shop.client.post(
        PATH, data=GRANT | {"client_secret": shop.key["secret"]}, headers={"Authorization": "Basic Zm9vOmJhcg=="}
    )
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded"),
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(99)), "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form_is_refused(client: httpx.AsyncClient, body: bytes, kind: str) -> None:
    answer = await client.post(PATH, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
