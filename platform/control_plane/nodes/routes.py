"""Nodes for operators, and the two addresses that agents call: enrolment and the link."""

from litestar import get, post, websocket
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.nodes import service
from control_plane.nodes.errors import UnknownNode
from control_plane.nodes.jobs import FILL_JOB
from control_plane.nodes.link.frames import AgentSocket, Frames, refuse
from control_plane.nodes.link.session import Session
from control_plane.nodes.schemas import EnrolmentToken, NewEnrolmentToken, NewNode, Node
from tenant_agent import wire

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


@post(wire.ENROL_PATH, status_code=200, include_in_schema=False)
async def enrol(db: inject.Database, clock: inject.Clock, data: JSONBody[wire.EnrolRequest]) -> wire.EnrolReply:
    """Trade a one-time token for the node's own credential."""
    return await service.enrol(db, data, clock)


@websocket(wire.LINK_PATH)
async def link(socket: AgentSocket, runtime: inject.Runtime) -> None:
    """Serve an agent until its connection ends."""
    scheme, _, credential = socket.headers.get("authorization", "").partition(" ")
    try:
        node = await service.authenticate(runtime.db, credential.strip() if scheme.lower() == "bearer" else "")
    except UnknownNode:
        await refuse(socket)
        return
    await socket.accept()
    await Session(runtime, node, Frames(socket)).run()


HANDLERS: list[ControllerRouterHandler] = [
    list_nodes,
    get_node,
    create_node,
    create_enrolment_token,
]
AGENT_HANDLERS: list[ControllerRouterHandler] = [enrol, link]
