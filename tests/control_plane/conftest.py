"""Nodes for tests: registered and enrolled as the operator would, with a pool that only one tenant's mail goes to."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from uuid import UUID

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.nodes import placements
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ALL_ROLES, NewNode, Role
from tenant_agent import wire
from tests.conftest import Tenant


class FleetNode(msgspec.Struct, frozen=True):
    """An enrolled node."""

    id: NodeId
    public_id: str
    name: str
    credential: str


MakeNode = Callable[..., Awaitable[FleetNode]]
SendMail = Callable[..., Awaitable[list[str]]]


def some_address() -> str:
    """Make up an address that no other test has."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def new_node(roles: tuple[Role, ...] = ALL_ROLES) -> NewNode:
    """Describe a node under a name of its own."""
    name = f"n-{secrets.token_hex(6)}"
    return NewNode(name=name, hostname=f"{name}.fleetpost.test", service_address=some_address(), roles=roles)


@pytest.fixture
async def make_node(runtime: Runtime, began: UUID) -> AsyncGenerator[MakeNode]:
    """Make an enrolled node: `await make_node(tenant)` also sends that tenant's mail; retired when the test ends."""
    made: list[NodeId] = []

    async def make(tenant: Tenant | None = None, roles: tuple[Role, ...] = ALL_ROLES) -> FleetNode:
        wanted = new_node(roles)
        node_id, token = await register_for(runtime, wanted, began)
        request = wire.EnrolRequest(token=token, agent_version="test")
        reply = await nodes.enrol(runtime.db, request, runtime.clock)
        node = FleetNode(node_id, ids.encode("nod", node_id), wanted.name, reply.credential)
        made.append(node.id)
        if tenant is not None:
            await give_pool(runtime.db, tenant, node)
        await nodes.seen(runtime.db, node.id, runtime.clock)
        return node

    yield make
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'retired' where id = any ($1)", made)


async def register_for(runtime: Runtime, wanted: NewNode, since: UUID) -> tuple[NodeId, str]:
    """Register a node as `add_node` does, told of the tenants made since, for a run has thousands; gives its token."""
    async with runtime.db.fleet_tx() as tx:
        node_id = NodeId(ids.decode("nod", (await nodes.register_node(tx, wanted)).id))
        token = await nodes.new_enrolment_token(tx, node_id, runtime.clock)
        await tx.connection.execute(
            "update placements set filled_at = now() where node_id = $1 and tenant_id < $2", node_id, since
        )
    await placements.fill(runtime.db, runtime.vault, runtime.clock, node_id)
    return node_id, token.token


async def give_pool(db: Database, tenant: Tenant, node: FleetNode) -> None:
    """Give the tenant a pool of its own, unless it has one, and put an address of the node into it."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into ip_pools (id, tenant_id, name, kind, stream)
               values ($1, $2, 'own', 'dedicated', 'transactional') on conflict do nothing""",
            ids.new_uuid(),
            tenant.id,
        )
        await tx.connection.execute(
            """insert into ips (id, pool_id, node_id, address, hostname)
               select $1, id, $3, $4::inet, 'out.fleetpost.test' from ip_pools where tenant_id = $2""",
            ids.new_uuid(),
            tenant.id,
            node.id,
            some_address(),
        )


@pytest.fixture
def send_mail(client: httpx.AsyncClient) -> SendMail:
    """Have a message accepted; gives its delivery ids: `await send_mail(tenant, domain, recipients=3)`."""

    async def send(
        tenant: Tenant, domain: str, recipients: int = 1, text: str = "Good morning!", name: str = "bob"
    ) -> list[str]:
        body = {
            "from": {"email": f"ann@{domain}"},
            "to": [{"email": f"{name}{number}@else.test"} for number in range(recipients)],
            "subject": "Hello",
            "text": text,
        }
        answer = await client.post("/v1/messages", json=body, headers=tenant.headers)
        assert answer.status_code == 202, answer.text
        return [recipient["delivery_id"] for recipient in answer.json()["recipients"]]

    return send
