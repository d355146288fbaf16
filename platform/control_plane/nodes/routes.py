"""Nodes for operators."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.nodes import service
from control_plane.nodes.channels import FILL_JOB
from control_plane.nodes.schemas import (
    EnrolmentToken,
    GivenUp,
    GivingUp,
    NewEnrolmentToken,
    NewNode,
    Node,
    NodeChange,
    NodeQueue,
    Retirement,
)
from control_plane.nodes.service import life, queue

_PREFIX = "nod"


@get("/nodes", guards=[requires("fleet:read")])
async def list_nodes(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Node]:
    """List the fleet's nodes, oldest first."""
    async with db.fleet_tx() as tx:
        return await service.list_nodes(tx, cursor(_PREFIX, after), limit)


@get("/nodes/{node_id:str}", guards=[requires("fleet:read")])
async def get_node(db: inject.Database, node_id: FromPath[str]) -> Node:
    """Give one node with its addresses, its generations and what it said of itself last."""
    async with db.fleet_tx() as tx:
        return await service.get(tx, decode(_PREFIX, node_id))


@post("/nodes", guards=[requires("fleet:write")])
async def create_node(db: inject.Database, data: JSONBody[NewNode]) -> Node:
    """Register a node, or bring the one of this name up to date; it serves once its agent has enrolled."""
    async with db.fleet_tx() as tx:
        node = await service.register_node(tx, data)
        tx.outbox.trigger(FILL_JOB)
        return node


@patch("/nodes/{node_id:str}", guards=[requires("fleet:write")])
async def change_node(
    db: inject.Database, node_id: FromPath[str], data: JSONBody[NodeChange], if_match: IfMatch = None
) -> Node:
    """Change a node's host name, address, roles or region; what is left out stays. Its name is for life."""
    async with db.fleet_tx() as tx:
        return await service.change(tx, decode(_PREFIX, node_id), data, if_match)


@get("/nodes/{node_id:str}/queue", guards=[requires("fleet:read")])
async def get_node_queue(db: inject.Database, node_id: FromPath[str]) -> NodeQueue:
    """Show what waits on a node, by destination and age, and what would be lost with it."""
    async with db.fleet_tx() as tx:
        return await queue.queue_of(tx, decode(_PREFIX, node_id))


@post("/nodes/{node_id:str}/drain", guards=[requires("fleet:write")], status_code=200)
async def drain_node(db: inject.Database, clock: inject.Clock, node_id: FromPath[str]) -> Node:
    """Give a node nothing new to send and no new tenants' mailboxes; it sees off what it has and goes on serving."""
    async with db.fleet_tx() as tx:
        return await life.drain(tx, decode(_PREFIX, node_id), clock)


@post("/nodes/{node_id:str}/undrain", guards=[requires("fleet:write")], status_code=200)
async def undrain_node(db: inject.Database, node_id: FromPath[str]) -> Node:
    """Let a node that was drained serve fully again."""
    async with db.fleet_tx() as tx:
        return await life.undrain(tx, decode(_PREFIX, node_id))


@post("/nodes/{node_id:str}/retire", guards=[requires("fleet:write")], status_code=200)
async def retire_node(
    db: inject.Database, clock: inject.Clock, node_id: FromPath[str], data: JSONBody[Retirement]
) -> Node:
    """Take a drained node out of service for ever; refused while it holds something, unless its loss is confirmed."""
    async with db.fleet_tx() as tx:
        return await life.retire(tx, decode(_PREFIX, node_id), data, clock)


@post("/nodes/{node_id:str}/give-up", guards=[requires("fleet:write")], status_code=200)
async def give_up_node(
    db: inject.Database, clock: inject.Clock, node_id: FromPath[str], data: JSONBody[GivingUp]
) -> GivenUp:
    """Declare a lost node gone for ever: its credential ends at once, and what is on its disk is lost.

    What it had taken and did not report may have left or not. With `send_again`, other nodes send it, and some of it
    may arrive twice; without, it is never sent.
    """
    async with db.fleet_tx() as tx:
        return await life.give_up(tx, decode(_PREFIX, node_id), data, clock)


@delete("/nodes/{node_id:str}/enrolment-tokens", guards=[requires("fleet:write")])
async def withdraw_enrolment_tokens(db: inject.Database, clock: inject.Clock, node_id: FromPath[str]) -> None:
    """Withdraw a node's enrolment tokens that were not used."""
    async with db.fleet_tx() as tx:
        await life.withdraw_tokens(tx, decode(_PREFIX, node_id), clock)


@post("/nodes/enrolment-tokens", guards=[requires("fleet:write")])
async def create_enrolment_token(
    db: inject.Database, clock: inject.Clock, data: JSONBody[NewEnrolmentToken]
) -> EnrolmentToken:
    """Make a one-time token for a node's agent, good for an hour and shown once."""
    async with db.fleet_tx() as tx:
        return await service.new_enrolment_token(tx, decode(_PREFIX, data.node_id), clock)


HANDLERS: list[ControllerRouterHandler] = [
    list_nodes,
    get_node,
    create_node,
    change_node,
    get_node_queue,
    drain_node,
    undrain_node,
    retire_node,
    give_up_node,
    create_enrolment_token,
    withdraw_enrolment_tokens,
]
