"""Nodes for operators."""

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.nodes import service
from control_plane.nodes.jobs import FILL_JOB
from control_plane.nodes.schemas import EnrolmentToken, NewEnrolmentToken, NewNode, Node

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
    create_enrolment_token,
]
