"""A mailbox on one of two nodes that know each other, and an operator who may move it."""

import secrets
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.moves import service as moves
from control_plane.nodes.schemas import ALL_ROLES
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode

PASSWORD = "correct horse battery"


class Pair:
    """Two nodes, what they are told, and what they say."""

    def __init__(self, db: Database, clock: FixedClock, source: FleetNode, target: FleetNode, address: str) -> None:
        self.db, self.clock = db, clock
        self.source, self.target = source, target
        self.address = address

    async def drive(self) -> None:
        """Let the sweep run."""
        await moves.drive(self.db, self.clock)

    async def item(self, node: FleetNode, kind: str = "move") -> wire.Item | None:
        """Give what a node was told of the mailbox."""
        types = {"move": wire.MoveItem, "mailbox": wire.MailboxItem, "home": wire.HomeItem}
        async with self.db.fleet_tx() as tx:
            payload = await tx.connection.fetchval(
                "select payload from node_items where node_id = $1 and kind = $2 and key like '%' || $3",
                node.id,
                kind,
                self.address,
            )
        return None if payload is None else msgspec.msgpack.decode(payload, type=types[kind])

    async def asked(self) -> wire.MoveItem:
        """Give what the source was told; there must be something."""
        item = await self.item(self.source)
        assert isinstance(item, wire.MoveItem)
        return item

    async def say(self, node: FleetNode | None = None, **said: object) -> None:
        """Let a node, the source, tell of the pass that it was asked for, unless something else is said."""
        asked = await self.asked()
        told = {"move_id": asked.move_id, "address": asked.address, "phase": asked.phase, "number": asked.number}
        told |= {"messages": 3, "size_bytes": 5000, "agrees": asked.phase == "final"}
        frame = msgspec.convert(told | said, wire.Moved)
        await moves.told(self.db, (node or self.source).id, frame, self.clock)

    async def until_closed(self) -> wire.MoveItem:
        """Let the source make its copies until it is asked for the final one."""
        await self.drive()
        while (asked := await self.asked()).phase != "final":
            await self.say()
        return asked


MakePair = Callable[..., Awaitable[Pair]]


@pytest.fixture
def clock(runtime: Runtime) -> FixedClock:
    return FixedClock(runtime.clock.now())


async def know(db: Database, *nodes: FleetNode) -> None:
    """Let nodes have shown their certificates, and have room."""
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """update nodes set fleet_certificate = 'shown',
                 heartbeat = '{"disk_free_bytes": 50000000000, "disk_total_bytes": 100000000000}'
               where id = any ($1)""",
            [node.id for node in nodes],
        )


async def _keep_to(db: Database, tenant: Tenant, *nodes: FleetNode) -> None:
    """Let a tenant be on these nodes alone, whichever others there are from other tests."""
    async with db.fleet_tx() as tx:
        query = "delete from placements where tenant_id = $1 and node_id <> all ($2::uuid[])"
        await tx.connection.execute(query, tenant.id, [node.id for node in nodes])


async def make_mailbox(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> str:
    """Make a mailbox; gives its address."""
    address = f"m{secrets.token_hex(4)}@{domain}"
    body = {"address": address, "password": PASSWORD}
    made = await client.post("/v1/mailboxes", json=body, headers=tenant.headers)
    assert made.status_code == 201, made.text
    return address


async def home_of(db: Database, address: str) -> str:
    """Give the public id of the node that keeps a mailbox."""
    async with db.fleet_tx() as tx:
        return ids.encode(
            "nod", await tx.connection.fetchval("select node_id from mailboxes where address = $1", address)
        )


@pytest.fixture
async def make_pair(
    db: Database, clock: FixedClock, client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> MakePair:
    """Make a mailbox and two nodes: `await make_pair()`."""

    async def make() -> Pair:
        both = [await make_node(roles=ALL_ROLES) for _ in range(2)]
        await know(db, *both)
        await _keep_to(db, tenant, *both)
        address = await make_mailbox(client, tenant, domain)
        home = await home_of(db, address)
        [source] = [node for node in both if node.public_id == home]
        [target] = [node for node in both if node.public_id != home]
        return Pair(db, clock, source, target, address)

    return make


@pytest.fixture
async def pair(make_pair: MakePair) -> Pair:
    return await make_pair()


class Operator:
    """The operator at the API."""

    def __init__(self, client: httpx.AsyncClient, tenant: Tenant) -> None:
        self._client, self._tenant = client, tenant

    async def post(self, path: str, body: dict[str, object] | None = None) -> httpx.Response:
        return await self._client.post(f"/v1/moves{path}", json=body, headers=self._tenant.headers)

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(f"/v1/moves{path}", headers=self._tenant.headers)

    async def ask(self, **wanted: object) -> dict[str, object]:
        """Ask for moves; gives the batch."""
        answer = await self.post("", wanted)
        assert answer.status_code == 202, answer.text
        batch: dict[str, object] = answer.json()
        return batch

    async def move(self, batch: dict[str, object]) -> dict[str, object]:
        """Give the only move of a batch."""
        [only] = (await self.get(f"?batch_id={batch['id']}")).json()["data"]
        found: dict[str, object] = only
        return found


@pytest.fixture
def fleet(client: httpx.AsyncClient, operator: Tenant) -> Operator:
    return Operator(client, operator)
