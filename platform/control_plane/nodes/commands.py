"""The operator's commands for nodes."""

from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, NodeId, decode
from control_plane.core.runtime import Runtime
from control_plane.ip_pools.schemas import STREAMS, NewIp
from control_plane.nodes import placements, service
from control_plane.nodes.schemas import (
    Condition,
    EnrolmentToken,
    GivenUp,
    GivingUp,
    NewNode,
    Node,
    NodeAdded,
    NodeQueue,
    Retirement,
)
from control_plane.nodes.service import life, queue

_PREFIX = "nod"
_MOST = 1000


class Fleet(msgspec.Struct, frozen=True):
    """All nodes, and how each is by its id."""

    nodes: tuple[Node, ...]
    conditions: dict[str, Condition]


class Portrait(msgspec.Struct, frozen=True):
    """All there is to know about one node."""

    node: Node
    condition: Condition
    queue: NodeQueue


class Withdrawn(msgspec.Struct, frozen=True):
    """How many enrolment tokens are good no more."""

    withdrawn: int


async def add_node(runtime: Runtime, new: NewNode) -> NodeAdded:
    """Register a node and send it all tenants' items; gives an enrolment token until its agent has enrolled."""
    async with runtime.db.fleet_tx() as tx:
        node = await service.register_node(tx, new)
        node_id = NodeId(decode("nod", node.id))
        enrolled = await service.is_enrolled(tx, node_id)
        token = None if enrolled else await service.new_enrolment_token(tx, node_id, runtime.clock)
    await placements.fill(runtime.db, runtime.vault, runtime.clock, node_id)
    return NodeAdded(node.id, None if token is None else token.token)


def read_ip(text: str, node_hostname: str) -> NewIp:
    """Read `ADDRESS=STREAM` or `ADDRESS=STREAM=HOSTNAME`; raises `Invalid`.

    Without a host name it is `out-<address with dashes>` beside the node's own. Its A and PTR records must say so too.
    """
    address, stream, hostname = (*text.split("=", 2), "", "")[:3]
    for known in STREAMS:
        if stream == known:
            fallback = f"out-{address.replace('.', '-').replace(':', '-')}.{node_hostname.partition('.')[2]}"
            return NewIp(address=address, stream=known, hostname=hostname or fallback)
    raise Invalid(errors=(FieldError("ip", f"{text} is not ADDRESS=transactional or ADDRESS=broadcast"),))


async def fleet(runtime: Runtime) -> Fleet:
    """List all nodes but those that are retired."""
    async with runtime.db.fleet_tx() as tx:
        page = await service.list_nodes(tx, None, _MOST)
        conditions = await service.conditions(tx)
    nodes = tuple(node for node in page.data if node.status != "retired")
    return Fleet(nodes, {node.id: conditions[node.id] for node in nodes})


async def portrait(runtime: Runtime, name: str) -> Portrait:
    """Show one node; raises `NotFound`."""
    async with runtime.db.fleet_tx() as tx:
        node_id = await _named(tx, name)
        node, conditions = await service.get(tx, node_id), await service.conditions(tx)
        return Portrait(node, conditions[node.id], await queue.queue_of(tx, node_id))


async def new_token(runtime: Runtime, name: str) -> EnrolmentToken:
    """Make a token that enrols a node anew; raises `NotFound`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.new_enrolment_token(tx, await _named(tx, name), runtime.clock)


class SigningKey(msgspec.Struct, frozen=True):
    """A key that desired state is signed with."""

    public_key: str


async def new_signing_key(runtime: Runtime, *, force: bool = False) -> SigningKey:
    """Make a new key for signing desired state; nodes learn of it with their next credential; raises `Conflict`."""
    async with runtime.db.fleet_tx() as tx:
        return SigningKey(await service.rotate_bundle_key(tx, runtime.vault, runtime.clock, force=force))


async def withdraw_tokens(runtime: Runtime, name: str) -> Withdrawn:
    """Let a node's unused tokens expire; raises `NotFound`."""
    async with runtime.db.fleet_tx() as tx:
        return Withdrawn(await life.withdraw_tokens(tx, await _named(tx, name), runtime.clock))


async def drain(runtime: Runtime, name: str) -> Node:
    """Give a node nothing new; raises `NotFound`, `Conflict`."""
    async with runtime.db.fleet_tx() as tx:
        return await life.drain(tx, await _named(tx, name), runtime.clock)


async def undrain(runtime: Runtime, name: str) -> Node:
    """Let a node serve again; raises `NotFound`, `Conflict`."""
    async with runtime.db.fleet_tx() as tx:
        return await life.undrain(tx, await _named(tx, name))


async def retire(runtime: Runtime, name: str, wanted: Retirement) -> Node:
    """Take a node out of service; raises `NotFound`, `Conflict`."""
    async with runtime.db.fleet_tx() as tx:
        return await life.retire(tx, await _named(tx, name), wanted, runtime.clock)


async def give_up(runtime: Runtime, name: str, wanted: GivingUp) -> GivenUp:
    """Declare a lost node gone; raises `NotFound`, `Conflict`."""
    async with runtime.db.fleet_tx() as tx:
        return await life.give_up(tx, await _named(tx, name), wanted, runtime.clock)


async def _named(tx: Transaction, name: str) -> UUID:
    """Find a node by its name or its id."""
    try:
        return decode(_PREFIX, name)
    except MalformedId:
        found = await service.find_named(tx, name)
    if found is None:
        raise NotFound(f"There is no node called {name}: see `fleetpost node list`.")
    return found
