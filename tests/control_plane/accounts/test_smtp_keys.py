"""Keys for SMTP reach the nodes where programs log in, change there, and leave them."""

import base64
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from control_plane.accounts.service.keys import smtp
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.quotas.queries import leases as quotas
from control_plane.quotas.service import leases
from control_plane.tenants import settling
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode

PATH = "/v1/api-keys"
Make = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def make(client: httpx.AsyncClient, tenant: Tenant) -> Make:
    """Make a key of `tenant`: `await make(smtp=True)`."""

    async def ask(**wanted: object) -> dict[str, Any]:
        body = {"name": "shop", "scopes": ["messages:write"], "smtp": True} | wanted
        answer = await client.post(PATH, json=body, headers=tenant.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return ask


@pytest.fixture
async def node(make_node: MakeNode) -> FleetNode:
    return await make_node()


async def item(db: Database, node: FleetNode, key_id: str) -> wire.SmtpKeyItem | None:
    """Give a key as the node is to know it."""
    async with db.fleet_tx() as tx:
        payload = await tx.connection.fetchval(
            "select payload from node_items where node_id = $1 and kind = 'smtp_key' and key = $2", node.id, key_id
        )
    return None if payload is None else wire.decode_as(payload, wire.SmtpKeyItem)


async def test_a_node_can_check_its_secret_and_nobody_can_read_it(
    node: FleetNode, make: Make, db: Database, domain: str
) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    made = await make(allowed_domains=[domain], allowed_networks=["192.0.2.0/24"], expires_at=ends.isoformat())
    assert made["smtp"] is True
    told = await item(db, node, made["id"])
    assert told is not None
    hashed = base64.b64decode(told.password_hash)
    assert hashlib.sha512(made["secret"].encode() + hashed[64:]).digest() == hashed[:64]
    assert (told.allowed_domains, told.allowed_networks) == ((domain,), ("192.0.2.0/24",))
    assert (told.expires_at_ms, told.enabled) == (int(ends.timestamp() * 1000), True)


async def test_other_keys_are_told_to_no_node(node: FleetNode, make: Make, db: Database) -> None:
    assert await item(db, node, (await make(smtp=False))["id"]) is None


@pytest.mark.parametrize("scopes", [["messages:read"], ["webhooks:*", "messages:read"]])
async def test_what_may_not_send_may_not_by_smtp_either(
    client: httpx.AsyncClient, tenant: Tenant, scopes: list[str]
) -> None:
    body = {"name": "shop", "scopes": scopes, "smtp": True}
    answer = await client.post(PATH, json=body, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "smtp")


async def test_it_is_switched_off_and_on(
    node: FleetNode, make: Make, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    key_id = (await make())["id"]
    for wanted in (False, True, True):
        answer = await client.patch(f"{PATH}/{key_id}", json={"smtp": wanted}, headers=tenant.headers)
        assert (answer.status_code, answer.json()["smtp"]) == (200, wanted)
        assert (await item(db, node, key_id) is not None) is wanted


async def test_its_bounds_are_changed_on_the_nodes_too(
    node: FleetNode, make: Make, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    key_id = (await make())["id"]
    answer = await client.patch(
        f"{PATH}/{key_id}", json={"allowed_networks": ["2001:db8::/32"]}, headers=tenant.headers
    )
    assert answer.status_code == 200
    told = await item(db, node, key_id)
    assert told is not None
    assert told.allowed_networks == ("2001:db8::/32",)


async def test_a_revoked_key_is_taken_off_the_nodes(
    node: FleetNode, make: Make, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    key_id = (await make())["id"]
    assert (await client.delete(f"{PATH}/{key_id}", headers=tenant.headers)).status_code == 204
    assert await item(db, node, key_id) is None


@pytest.mark.parametrize("overlap", [0, 3600])
async def test_a_key_that_was_replaced_ends_on_the_nodes_too(
    node: FleetNode, make: Make, db: Database, client: httpx.AsyncClient, tenant: Tenant, overlap: int
) -> None:
    key_id = (await make())["id"]
    answer = await client.post(f"{PATH}/{key_id}/rotate", json={"overlap_seconds": overlap}, headers=tenant.headers)
    assert answer.json()["smtp"] is True
    old, new = await item(db, node, key_id), await item(db, node, answer.json()["id"])
    assert new is not None
    assert (old is not None) is bool(overlap)
    if old is not None:
        assert (old.expires_at_ms is not None, old.password_hash != new.password_hash) == (True, True)


async def test_a_key_of_before_has_to_be_replaced_first(
    make: Make, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    key_id = (await make(smtp=False))["id"]
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update api_keys set smtp_hash = null where tenant_id = $1", tenant.id)
    answer = await client.patch(f"{PATH}/{key_id}", json={"smtp": True}, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "api_key_too_old_for_smtp")


async def test_a_suspended_tenants_keys_are_not_good(node: FleetNode, make: Make, db: Database, tenant: Tenant) -> None:
    key_id = (await make())["id"]
    for status, enabled in (("suspended", False), ("active", True)):
        async with db.fleet_tx() as tx:
            await tx.connection.execute("update tenants set status = $2 where id = $1", tenant.id, status)
        await settling.settle_one(db, SystemClock(), tenant.id)
        told = await item(db, node, key_id)
        assert told is not None
        assert told.enabled is enabled


async def test_a_new_node_hears_of_all_keys(make: Make, db: Database, make_node: MakeNode, tenant: Tenant) -> None:
    key_id = (await make())["id"]
    node = await make_node()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await smtp.publish_all(tx, only_node=node.id)
    assert await item(db, node, key_id) is not None
    async with db.fleet_tx() as tx:
        assert tenant.id in await smtp.tenants_holding(tx)


async def test_who_submits_by_keys_alone_is_granted_a_share_of_its_limits_on_nodes(
    node: FleetNode, make: Make, db: Database, tenant: Tenant
) -> None:
    await make(smtp=False)
    async with db.fleet_tx() as tx:
        assert tenant.id not in await quotas.due(tx, datetime.now(UTC), 100_000)
    await make()
    async with db.fleet_tx() as tx:
        assert tenant.id in await quotas.due(tx, datetime.now(UTC), 100_000)
    await leases.settle(db, tenant.id, SystemClock())
    async with db.fleet_tx() as tx:
        payload = await tx.connection.fetchval(
            "select payload from node_items where node_id = $1 and kind = 'quota' and tenant_id = $2",
            node.id,
            tenant.id,
        )
    assert wire.decode_as(payload, wire.QuotaItem).granted == wire.UNLIMITED
