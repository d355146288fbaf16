"""The address where nodes hand up what was submitted to them, with their own credential."""

from litestar import Request, post
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import Subject
from control_plane.core.ids import NodeId
from control_plane.core.turns import Turns
from control_plane.nodes import service as nodes
from control_plane.submissions import service
from tenant_agent import wire

MOST_BYTES = 40 * 1024 * 1024
"""Of one mail with what is known of it: more than a node takes."""
_AT_ONCE_PER_NODE = 2

_turns: Turns[NodeId] = Turns(_AT_ONCE_PER_NODE)


@post(wire.SUBMISSIONS_PATH, status_code=204, include_in_schema=False, request_max_body_size=MOST_BYTES)
async def hand_up_submission(request: Request[Subject | None, None, State], runtime: inject.Runtime) -> None:
    """Make a mail a message; 204 says that it is one, also if it was before."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    node = await nodes.authenticate(runtime.db, credential.strip() if scheme.lower() == "bearer" else "")
    async with _turns.take(node.id):
        mail, raw = service.read(await request.body())
        await service.take(runtime, node.id, mail, raw)


AGENT_HANDLERS: list[ControllerRouterHandler] = [hand_up_submission]
