"""Mail of several tenants that waits in one pool."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.messages.queries import store
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, some_address

MakePool = Callable[..., Awaitable[UUID]]
LetWait = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def make_pool(db: Database, tenant: Tenant) -> MakePool:
    """Make a pool that some nodes send from: `await make_pool(node)`."""

    async def make(*nodes: FleetNode, stream: str = "transactional") -> UUID:
        pool_id = ids.new_uuid()
        async with db.fleet_tx() as tx:
            await tx.connection.execute(
                "insert into ip_pools (id, tenant_id, name, kind, stream) values ($1, $2, 'test', 'dedicated', $3)",
                pool_id,
                tenant.id,
                stream,
            )
        for node in nodes:
            await add_address(db, pool_id, node)
        return pool_id

    return make


async def add_address(db: Database, pool_id: UUID, node: FleetNode) -> None:
    """Have a node send from a pool."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "insert into ips (id, pool_id, node_id, address, hostname) values ($1, $2, $3, $4::inet, 'out.test')",
            ids.new_uuid(),
            pool_id,
            node.id,
            some_address(),
        )


@pytest.fixture
def let_wait(db: Database) -> LetWait:
    """Have mail of a tenant wait in a pool: `await let_wait(tenant, pool, 3)` gives the ids of its deliveries."""

    async def let(tenant: Tenant, pool_id: UUID, count: int = 1, at_ms: int | None = None) -> list[str]:
        now, message_id = datetime.now(UTC), ids.new_uuid()
        content = wire.encode(wire.Content(sender=wire.Address("ann@acme.test"), subject="Hello", text="Hello"))
        envelope = wire.Envelope(
            tenant_id=ids.encode("ten", tenant.id),
            message_id=ids.encode("msg", message_id),
            stream="transactional",
            pool_id=ids.encode("pool", pool_id),
            domain="acme.test",
            return_domain="bounces.test",
        )
        message = store.MessageRow(
            message_id, await _domain_of(db, tenant), "ann@acme.test", "Hello", "transactional", "{}", "{}",
            msgspec.msgpack.encode(envelope), content, "{}",
        )  # fmt: skip
        rows = [
            store.DeliveryRow(
                ids.new_uuid(at_ms), message_id, "to", f"bob{n}@else.test", pool_id, ids.new_uuid(), "accepted"
            )
            for n in range(count)
        ]
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                await store.store(tx.connection, tenant.id, [message], rows, now)
                deliveries.await_turn(tx, [pool_id], min(row.id for row in rows))
        return [ids.encode("dlv", row.id) for row in rows]

    return let


async def _domain_of(db: Database, tenant: Tenant) -> UUID:
    domain_id = ids.new_uuid()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
                   values ($1, $2, $3, 'verified', 'proven-by-test', now())""",
                tenant.id,
                domain_id,
                f"d-{secrets.token_hex(6)}.test",
            )
    return domain_id


async def status_of_delivery(db: Database, delivery_id: str) -> str:
    """Read a delivery's state."""
    async with db.fleet_tx() as tx:
        found: str = await tx.connection.fetchval(
            "select status from deliveries where id = $1", ids.decode("dlv", delivery_id)
        )
    return found
