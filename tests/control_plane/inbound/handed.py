"""Mail as a node hands it up, and somebody who takes it."""

import secrets
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import httpx
import msgspec
import pytest
from asyncpg import Connection

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.inbound.schemas import Mail, NotYet, Taken
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from tenant_agent import wire
from tests.control_plane.conftest import FleetNode

RAW = b"From: bob@else.test\r\nSubject: Report\r\n\r\nHello\r\n"
_counts: ContextVar[list[str] | None] = ContextVar("counts", default=None)


@contextmanager
def counting_statements() -> Generator[list[str]]:
    """Note what the database is told meanwhile by the caller and the tasks that it starts, not by others' tasks."""
    told: list[str] = []
    is_ours = _counts.set(told)
    with_values, plain = Connection._execute, Connection.execute  # type: ignore[attr-defined]  # all that fetch use it

    async def note(self: Connection, query: str, *values: object, **options: object) -> object:
        _note(told, query)
        return await with_values(self, query, *values, **options)

    async def note_plain(self: Connection, query: str, *values: object, **options: float | None) -> str:
        if not values:  # others get there by `_execute`
            _note(told, query)
        return await plain(self, query, *values, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "_execute", note)
        patch.setattr(Connection, "execute", note_plain)
        try:
            yield told
        finally:
            _counts.reset(is_ours)


def _note(told: list[str], query: str) -> None:
    if _counts.get() is told:
        told.append(query)


async def forget_waiting(db: Database) -> None:
    """Settle what other tests left."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update inbound_mails set next_attempt_at = null where next_attempt_at is not null")


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
    """Takes the mail of some recipients and remembers it."""

    def __init__(self, *recipients: str, taken: Taken | None = None) -> None:
        self.mails: list[Mail] = []
        self.together: list[int] = []
        """How many it was given at once, each time."""
        self.fails = False
        self._recipients = set(recipients)
        self._taken = taken or Taken()

    async def sort(self, runtime: Runtime, recipients: Collection[str]) -> Mapping[str, TenantId | None]:
        del runtime
        return dict.fromkeys(self._recipients.intersection(recipients), self._taken.tenant_id)

    async def take(
        self, runtime: Runtime, tenant_id: TenantId | None, mails: Sequence[Mail]
    ) -> Mapping[UUID, Taken | NotYet]:
        del runtime
        assert tenant_id == self._taken.tenant_id
        self.mails += mails
        self.together.append(len(mails))
        await self.before_it_takes(mails)
        return {mail.id: self._taken for mail in mails}

    async def before_it_takes(self, mails: Sequence[Mail]) -> None:
        """Do what a test wants it to."""
        del mails
        if self.fails:
            raise ConnectionError("the neighbour is away")
