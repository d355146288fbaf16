"""Mailboxes and their storage within a tenant's limits."""

import httpx
import msgspec
import pytest

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.mailboxes.test_mailboxes import create, wanted

GB = 1_000_000_000


@pytest.fixture
async def limited(db: Database, tenant: Tenant, make_node: MakeNode) -> Tenant:
    """A tenant that may have two mailboxes and 3 GB, on a fleet that stores mail."""
    await make_node()
    async with db.fleet_tx() as tx:
        limits = msgspec.json.encode({"mailboxes": 2, "storage_bytes": 3 * GB}).decode()
        await tx.connection.execute("update tenants set limits = $2::jsonb where id = $1", tenant.id, limits)
    return tenant


async def used(client: httpx.AsyncClient, tenant: Tenant) -> tuple[int, int]:
    resources = (await client.get("/v1/account/usage", headers=tenant.headers)).json()["resources"]
    by_name = {each["resource"]: each["used"] for each in resources}
    return by_name["mailboxes"], by_name["storage_bytes"]


async def add(client: httpx.AsyncClient, tenant: Tenant, domain: str, name: str, size: int) -> httpx.Response:
    body = wanted(domain, address=f"{name}@{domain}", quota_bytes=size)
    return await client.post("/v1/mailboxes", headers=tenant.headers, json=body)


async def test_one_more_than_the_limit_is_refused(client: httpx.AsyncClient, limited: Tenant, domain: str) -> None:
    for name in ("ann", "bob"):
        assert (await add(client, limited, domain, name, 1)).status_code == 201
    refused = await add(client, limited, domain, "eve", 1)
    assert (refused.status_code, refused.json()["code"]) == (403, "quota_exceeded")
    assert "2 of 2 mailboxes are used" in refused.json()["detail"]
    assert await used(client, limited) == (2, 2)


async def test_storage_is_what_mailboxes_may_grow_to(client: httpx.AsyncClient, limited: Tenant, domain: str) -> None:
    assert (await add(client, limited, domain, "ann", 2 * GB)).status_code == 201
    refused = await add(client, limited, domain, "bob", 2 * GB)
    assert "2000000000 of 3000000000 bytes of storage are used" in refused.json()["detail"]
    assert await used(client, limited) == (1, 2 * GB)


async def test_without_a_size_a_mailbox_has_one_gigabyte_where_storage_is_limited(
    client: httpx.AsyncClient, limited: Tenant, domain: str
) -> None:
    assert (await add(client, limited, domain, "ann", 0)).json()["quota_bytes"] == GB


async def test_a_size_is_changed_within_the_limit(client: httpx.AsyncClient, limited: Tenant, domain: str) -> None:
    path = f"/v1/mailboxes/{await create(client, limited, domain, quota_bytes=GB)}"
    larger = await client.patch(path, headers=limited.headers, json={"quota_bytes": 3 * GB})
    beyond = await client.patch(path, headers=limited.headers, json={"quota_bytes": 3 * GB + 1})
    renamed = await client.patch(path, headers=limited.headers, json={"name": "Ann"})
    assert (larger.status_code, beyond.status_code, renamed.status_code) == (200, 403, 200)
    assert await used(client, limited) == (1, 3 * GB)
    smaller = await client.patch(path, headers=limited.headers, json={"quota_bytes": 5})
    assert smaller.status_code == 200
    assert await used(client, limited) == (1, 5)


async def test_a_deleted_mailbox_gives_back_what_it_had(
    client: httpx.AsyncClient, limited: Tenant, domain: str
) -> None:
    mailbox_id = await create(client, limited, domain, quota_bytes=GB)
    assert (await client.delete(f"/v1/mailboxes/{mailbox_id}", headers=limited.headers)).status_code == 204
    assert await used(client, limited) == (0, 0)


async def test_a_mailbox_that_could_not_be_made_is_not_counted(
    client: httpx.AsyncClient, limited: Tenant, domain: str
) -> None:
    await create(client, limited, domain)
    again = await client.post("/v1/mailboxes", headers=limited.headers, json=wanted(domain))
    assert again.json()["code"] == "mailbox_exists"
    assert await used(client, limited) == (1, 1000)
