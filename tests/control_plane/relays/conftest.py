"""A relay through the API, and what nodes were told of it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import dns.asyncresolver
import httpx
import msgspec
import pytest

from control_plane.core.runtime import Runtime
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode
from tests.control_plane.mail_domains.small_dns import serving

Json = dict[str, object]
MakeRelay = Callable[..., Awaitable[Json]]


def wanted(**changes: object) -> Json:
    return {"name": "Other way", "kind": "sendgrid", "password": "SG.secret"} | changes


@pytest.fixture
def make_relay(client: httpx.AsyncClient) -> MakeRelay:
    """Make a relay: `await make_relay(tenant, kind="ses", username="AKIA")` → the answer."""

    async def make(owner: Tenant, **changes: object) -> Json:
        answer = await client.post("/v1/relays", json=wanted(**changes), headers=owner.headers)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    return make


async def item_of(runtime: Runtime, node: FleetNode, relay_id: object) -> tuple[object, wire.RelayItem | None]:
    """Read whose a relay is on a node and what the node was told; there must be something."""
    async with runtime.db.fleet_tx() as tx:
        row = await tx.connection.fetchrow(
            "select tenant_id, payload from node_items where node_id = $1 and kind = 'relay' and key = $2",
            node.id,
            relay_id,
        )
    assert row is not None
    item = None if row["payload"] is None else msgspec.msgpack.decode(row["payload"], type=wire.RelayItem)
    return row["tenant_id"], item


@pytest.fixture
async def small_names(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A name server of our own, with names that lead inside."""
    zone = {
        ("inside.test.", "A"): ["10.1.2.3"],
        ("partly.test.", "A"): ["8.8.8.8", "192.168.0.1"],
        ("allowed.test.", "A"): ["127.0.0.9"],
    }
    async with serving(zone) as server:
        resolver = dns.asyncresolver.Resolver(configure=False)
        address, _, port = server.partition("@")
        resolver.nameservers, resolver.port = [address], int(port)
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
        yield
