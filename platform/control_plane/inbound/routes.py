"""The address where nodes hand up mail, with their own credential."""

from litestar import Request, post
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import Subject
from control_plane.core.ids import NodeId
from control_plane.core.turns import Turns
from control_plane.inbound import service
from control_plane.nodes import service as nodes
from tenant_agent import wire

MOST_BYTES = 40 * 1024 * 1024
"""Of one mail: more than a node takes from the world."""
_AT_ONCE_PER_NODE = 2

_turns: Turns[NodeId] = Turns(_AT_ONCE_PER_NODE)


@post(wire.INBOUND_PATH, status_code=204, include_in_schema=False, request_max_body_size=MOST_BYTES)
async def hand_up(request: Request[Subject | None, None, State], db: inject.Database, clock: inject.Clock) -> None:
    """Store one mail; 204 says that it is, also if it was before."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    node = await nodes.authenticate(db, credential.strip() if scheme.lower() == "bearer" else "")
    mail = service.read_headers(request.headers, clock)
    async with _turns.take(node.id):
        await service.store(db, node.id, mail, await request.body())


AGENT_HANDLERS: list[ControllerRouterHandler] = [hand_up]
