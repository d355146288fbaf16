"""An agency with clients below it, made through the API."""

import secrets
from collections.abc import Awaitable, Callable

import httpx
import pytest

from control_plane.accounts.keys import create_key
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from tests.conftest import MakeTenant, Tenant

MakeClient = Callable[..., Awaitable[Tenant]]


@pytest.fixture
async def agency(make_tenant: MakeTenant) -> Tenant:
    """An agency without clients."""
    return await make_tenant("agency")


@pytest.fixture
def make_client(client: httpx.AsyncClient, db: Database) -> MakeClient:
    """Make a client below somebody: `await make_client(agency, kind="agency")`; with a key of its own."""

    async def make(above: Tenant, **fields: object) -> Tenant:
        body = {"name": f"Client {secrets.token_hex(4)}"} | fields
        answer = await client.post("/v1/clients", json=body, headers=above.headers)
        assert answer.status_code == 201, answer.text
        client_id = TenantId(ids.decode("ten", answer.json()["id"]))
        async with db.fleet_tx() as tx:
            key = await create_key(tx, client_id, "test", ("*",))
        return Tenant(client_id, key.token)

    return make


def public(tenant: Tenant) -> str:
    """Write a tenant's public id."""
    return ids.encode("ten", tenant.id)


async def act(client: httpx.AsyncClient, by: Tenant, what: Tenant, verb: str, **body: object) -> httpx.Response:
    """Do something to a client: `await act(client, agency, bakery, "suspend", reason="unpaid")`."""
    address = f"/v1/clients/{public(what)}/{verb}"
    return (
        await client.post(address, json=body or None, headers=by.headers)
        if body
        else await client.post(address, headers=by.headers)
    )


async def shown(client: httpx.AsyncClient, by: Tenant, what: Tenant) -> dict[str, object]:
    """Read a client as somebody above it sees it."""
    answer = await client.get(f"/v1/clients/{public(what)}", headers=by.headers)
    assert answer.status_code == 200, answer.text
    fields: dict[str, object] = answer.json()
    return fields
