"""Addresses for tests: added as an operator would, and brought to where a test begins."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, some_address

AddIp = Callable[..., Awaitable[dict[str, Any]]]
MakePool = Callable[..., Awaitable[str]]
PutInto = Callable[..., Awaitable[None]]
Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def post(client: httpx.AsyncClient, operator: Tenant) -> Post:
    """Ask as the operator: `await post("/v1/ips/…/drain", {"reason": "…"}, 409)` expects that status."""

    async def ask(path: str, body: dict[str, object], status: int = 200) -> httpx.Response:
        answer = await client.post(path, json=body, headers=operator.headers)
        assert answer.status_code == status, answer.text
        return answer

    return ask


@pytest.fixture
async def node(make_node: MakeNode) -> FleetNode:
    """An enrolled node without addresses."""
    return await make_node()


@pytest.fixture
def make_pool(post: Post) -> MakePool:
    """Make a pool: `await make_pool()` a shared one, `await make_pool(tenant)` its own."""

    async def make(owner: Tenant | None = None, stream: str = "transactional") -> str:
        body: dict[str, object] = {"name": f"pool-{secrets.token_hex(4)}", "stream": stream}
        if owner is not None:
            body["tenant_id"] = ids.encode("ten", owner.id)
        pool_id: str = (await post("/v1/ip-pools", body, 201)).json()["id"]
        return pool_id

    return make


@pytest.fixture
def add_ip(post: Post, node: FleetNode) -> AddIp:
    """Add an address of `node` to a pool."""

    async def add(pool_id: str, status: int = 201, **more: object) -> dict[str, Any]:
        body = {
            "address": some_address(),
            "node_id": node.public_id,
            "pool_id": pool_id,
            "hostname": f"out-{secrets.token_hex(4)}.fleetpost.test",
        }
        answer: dict[str, Any] = (await post("/v1/ips", body | more, status)).json()
        return answer

    return add


@pytest.fixture
def put_into(db: Database) -> PutInto:
    """Put an address into a state as if it had come there an hour ago: `await put_into(ip, "active")`."""

    async def put(ip_id: str, status: str, *, warm: bool = True) -> None:
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                """update ips set status = $2, status_since = now() - interval '1 hour',
                     warm_at = case when $3 then now() - interval '1 day' end where id = $1""",
                uuid_of(ip_id),
                status,
                warm,
            )

    return put


def uuid_of(ip_id: str) -> UUID:
    """Read an address's id."""
    return ids.decode("ip", ip_id)
