"""The addresses that agents call: enrolment, another credential, and the link."""

from litestar import Request, post, websocket
from litestar.datastructures import Headers, State
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import Subject
from control_plane.nodes import service
from control_plane.nodes.errors import UnknownNode
from control_plane.nodes.link.frames import AgentSocket, Frames, refuse
from control_plane.nodes.link.pulse import Pulse
from control_plane.nodes.link.session import Session
from tenant_agent import wire


@post(wire.ENROL_PATH, status_code=200, include_in_schema=False)
async def enrol(db: inject.Database, clock: inject.Clock, data: JSONBody[wire.EnrolRequest]) -> wire.EnrolReply:
    """Trade a one-time token for the node's own credential."""
    return await service.enrol(db, data, clock)


@post(wire.CREDENTIAL_PATH, status_code=200, include_in_schema=False)
async def renew_credential(
    request: Request[Subject | None, None, State], db: inject.Database, vault: inject.Vault
) -> wire.EnrolReply:
    """Give a node another credential for the one that it shows."""
    return await service.renew(db, _bearer(request.headers), vault)


@websocket(wire.LINK_PATH)
async def link(socket: AgentSocket, runtime: inject.Runtime) -> None:
    """Serve an agent until its connection ends."""
    try:
        node = await service.authenticate(runtime.db, _bearer(socket.headers))
    except UnknownNode:
        await refuse(socket)
        return
    await socket.accept()
    pulse: Pulse = socket.app.state.pulse
    await Session(runtime, pulse, node, Frames(socket)).run()


def _bearer(headers: Headers) -> str:
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


AGENT_HANDLERS: list[ControllerRouterHandler] = [enrol, renew_credential, link]
