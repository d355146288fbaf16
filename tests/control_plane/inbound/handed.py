"""Mail as a node hands it up, and somebody who takes it."""

import secrets

import httpx
import msgspec

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.inbound.schemas import Mail, Taken
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from tenant_agent import wire
from tests.control_plane.conftest import FleetNode

RAW = b"From: bob@else.test\r\nSubject: Report\r\n\r\nHello\r\n"


def some_recipient() -> str:
    """Make up an address that no other test has."""
    return f"r{secrets.token_hex(8)}@reports.fleetpost.test"


def headers(node: FleetNode, **changes: str) -> dict[str, str]:
    """Describe a mail as the node's agent does."""
    said = wire.InboundHeaders(
        id=ids.bare(ids.new_uuid()),
        recipient=some_recipient(),
        sender="bob@else.test",
        received_at_ms="1795320000000",
        client="192.0.2.1",
    )
    fields: dict[str, str] = msgspec.to_builtins(said) | changes
    credential = {"Authorization": f"Bearer {node.credential}", "Content-Type": "message/rfc822"}
    return credential | {wire.inbound_header(name): value for name, value in fields.items()}


async def let_take(db: Database, node: FleetNode, domain: str = "reports.fleetpost.test") -> None:
    """Tell a node to take mail in for a domain."""
    item = ItemChange(kind="intake", key=domain, item=wire.IntakeItem(domain=domain))
    async with db.fleet_tx() as tx:
        await nodes.publish_own(tx, node.id, [item])


async def hand_up(asking: httpx.AsyncClient, node: FleetNode, raw: bytes = RAW, /, **changes: str) -> httpx.Response:
    """Hand a mail up."""
    return await asking.post(wire.INBOUND_PATH, content=raw, headers=headers(node, **changes))


class Keeper:
    """Takes the mail of one recipient and remembers it."""

    def __init__(self, recipient: str, taken: Taken | None = None) -> None:
        self.mails: list[Mail] = []
        self.fails = False
        self._recipient = recipient
        self._taken = taken or Taken()

    async def wants(self, runtime: Runtime, recipient: str) -> bool:
        del runtime
        return recipient == self._recipient

    async def take(self, runtime: Runtime, mail: Mail) -> Taken:
        del runtime
        self.mails.append(mail)
        if self.fails:
            raise ConnectionError("the neighbour is away")
        return self._taken
