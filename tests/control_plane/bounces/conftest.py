"""A mail that a node has delivered, and what comes back to its return path."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from control_plane.bounces.return_path import ReturnPaths
from control_plane.bounces.service.intake import ReturnIntake
from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from control_plane.inbound.schemas import Mail, Taken
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, SendMail
from tests.control_plane.deliveries.test_service import report


class Out(msgspec.Struct, frozen=True):
    """A delivery that a node has."""

    runtime: Runtime
    tenant: Tenant
    node: FleetNode
    offer: wire.Offer
    domain: str

    @property
    def delivery_id(self) -> UUID:
        return ids.decode("dlv", self.offer.deliveries[0].delivery_id)

    @property
    def message_id(self) -> str:
        return msgspec.msgpack.decode(self.offer.messages[0].envelope, type=wire.Envelope).message_id

    @property
    def return_path(self) -> str:
        return f"{self.offer.deliveries[0].return_token}@bounce.{self.domain}"

    async def happens(self, kind: str, made_at_ms: int | None = None, **fields: object) -> None:
        """Have the node report something."""
        event = report(self.offer, kind, made_at_ms, **fields)
        await deliveries.ingest(self.runtime.db, self.node.id, [event], self.runtime.clock)

    async def comes_back(self, raw: bytes, *, to: str | None = None, after: timedelta | None = None) -> Taken:
        """Hand the worker a mail to the return path."""
        runtime = self.runtime
        if after is not None:
            runtime = msgspec.structs.replace(runtime, clock=FixedClock(runtime.clock.now() + after))
        mail = Mail(
            id=ids.new_uuid(),
            recipient=to or self.return_path,
            sender="",
            client="192.0.2.9",
            received_at=runtime.clock.now(),
            raw=raw,
        )
        handler = ReturnIntake()
        assert await handler.sort(runtime, {mail.recipient}) == {mail.recipient: None}
        taken = (await handler.take(runtime, None, [mail]))[mail.id]
        assert isinstance(taken, Taken)
        return taken

    async def status(self) -> str:
        async with self.runtime.db.fleet_tx() as tx:
            found: str = await tx.connection.fetchval(
                "select status from deliveries where tenant_id = $1 and id = $2", self.tenant.id, self.delivery_id
            )
        return found

    async def events(self) -> list[dict[str, object]]:
        """List what is known of it, each with its type."""
        async with self.runtime.db.fleet_tx() as tx:
            rows = await tx.connection.fetch(
                """select type, data from events where tenant_id = $1 and delivery_id = $2
                   and type <> 'message.accepted' order by at, id""",
                self.tenant.id,
                self.delivery_id,
            )
        return [{"type": row["type"], **msgspec.json.decode(row["data"], type=dict[str, object])} for row in rows]

    async def suppressions(self) -> list[tuple[str, str]]:
        """List whom the tenant writes to no more, and why."""
        async with self.runtime.db.fleet_tx() as tx:
            rows = await tx.connection.fetch(
                "select email, reason from suppressions where tenant_id = $1 order by email", self.tenant.id
            )
        return [(row["email"], row["reason"]) for row in rows]


LetOut = Callable[..., Awaitable[Out]]


@pytest.fixture
def let_out(runtime: Runtime, make_node: MakeNode, send_mail: SendMail, tenant: Tenant, domain: str) -> LetOut:
    """Send a mail and give it to a node: `await let_out("message.delivered")` also has that happen.

    It is to `bob0@else.test`, or to another `name`.
    """
    nodes: list[FleetNode] = []

    async def let(*happens: str, name: str = "bob") -> Out:
        if not nodes:
            nodes.append(await make_node(tenant))
        await send_mail(tenant, domain, name=name)
        sign = ReturnPaths.of(runtime.vault).sign
        offer = await deliveries.claim(runtime.db, nodes[0].id, 1, sign)
        assert offer is not None
        assert await deliveries.take(runtime.db, nodes[0].id, offer.lease_id)
        out = Out(runtime, tenant, nodes[0], offer, domain)
        for kind in happens:
            await out.happens(kind)
        return out

    return let
