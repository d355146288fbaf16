"""A tenant with a domain, a webhook, and mail that a node hands up for it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import from_bare
from control_plane.core.runtime import Runtime
from control_plane.inbound import service as inbound
from control_plane.inbound_routes.service import RouteIntake
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.inbound.handed import hand_up
from tests.control_plane.inbound_routes.mails import mail

Json = dict[str, Any]
MakeRoute = Callable[..., Awaitable[Json]]
Receive = Callable[..., Awaitable[UUID]]


@pytest.fixture
async def node(make_node: MakeNode) -> FleetNode:
    return await make_node()


@pytest.fixture
def make_route(client: httpx.AsyncClient, tenant: Tenant, domain: str, node: FleetNode) -> MakeRoute:
    """Make a route: `await make_route(type="domain", action={"type": "drop"}, priority=5)`."""
    del node  # it is to hear of it

    async def make(action: Json | None = None, priority: int = 100, **match: str) -> Json:
        given = {"type": "domain", "domain": domain} | match if match.get("type") != "header" else match
        body = {"name": "A route", "match": given, "action": action or {"type": "hold"}, "priority": priority}
        answer = await client.post("/v1/inbound-routes", json=body, headers=tenant.headers)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    return make


@pytest.fixture
async def webhook(client: httpx.AsyncClient, tenant: Tenant) -> str:
    """A webhook that wants nothing but what a route sends it."""
    new = {"url": "http://127.0.0.1:9/in", "events": ["domain.failed"]}
    made = await client.post("/v1/webhooks", json=new, headers=tenant.headers)
    return str(made.json()["id"])


@pytest.fixture
def receive(client: httpx.AsyncClient, runtime: Runtime, node: FleetNode, domain: str) -> Receive:
    """Have a mail come in: `await receive("support")` gives its id once it is dispatched."""

    async def take(local: str = "support", raw: bytes | None = None, *, below: str = "") -> UUID:
        mail_id = ids.bare(ids.new_uuid())
        recipient = f"{local}@{below}{domain}"
        answer = await hand_up(client, node, raw or mail(), id=mail_id, recipient=recipient)
        assert answer.status_code == 204, answer.text
        clock = FixedClock(datetime.now(UTC) + timedelta(seconds=1))
        at_once = msgspec.structs.replace(runtime, clock=clock)
        await inbound.dispatch(at_once, (RouteIntake(),))
        return from_bare(mail_id)

    return take


async def settled(db: Database, mail_id: UUID) -> tuple[str, str | None]:
    """Say how the dispatch of a mail ended."""
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow("select status, problem from inbound_mails where id = $1", mail_id)
    assert row is not None
    return row["status"], row["problem"]
