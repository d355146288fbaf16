"""`/v1/inbound-routes`: which mail is taken, and what becomes of it."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.inbound_routes import service
from control_plane.inbound_routes.schemas import (
    InboundExplanation,
    InboundQuestion,
    InboundRoute,
    InboundRouteChange,
    NewInboundRoute,
    TestSent,
)
from control_plane.nodes.schemas import IN_FORCE

_READ, _WRITE = [requires("inbound:read")], [requires("inbound:write")]


@get("/inbound-routes", guards=_READ)
async def list_inbound_routes(
    db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[InboundRoute]:
    """List your inbound routes, newest first."""
    return await service.list_routes(db, cursor(service.PREFIX, after), limit)


@post("/inbound-routes", guards=_WRITE, opt=IN_FORCE)
async def create_inbound_route(runtime: inject.Runtime, data: JSONBody[NewInboundRoute]) -> InboundRoute:
    """Make a route; mail for it is taken when the answer is there. Mailboxes come before routes."""
    return await service.create(service.Asking.of(runtime), data)


@post("/inbound-routes/explain", guards=_READ, status_code=200)
async def explain_inbound_route(db: inject.Database, data: JSONBody[InboundQuestion]) -> InboundExplanation:
    """Say what would become of a mail, and why."""
    return await service.explain(db, data)


@get("/inbound-routes/{route_id:str}", guards=_READ)
async def get_inbound_route(db: inject.Database, route_id: FromPath[str]) -> InboundRoute:
    """Give a route."""
    return await service.get(db, _id(route_id))


@patch("/inbound-routes/{route_id:str}", guards=_WRITE, opt=IN_FORCE)
async def change_inbound_route(
    runtime: inject.Runtime, route_id: FromPath[str], data: JSONBody[InboundRouteChange], if_match: IfMatch = None
) -> InboundRoute:
    """Change a route; what is left out stays."""
    return await service.change(service.Asking.of(runtime), _id(route_id), data, if_match)


@delete("/inbound-routes/{route_id:str}", guards=_WRITE, opt=IN_FORCE)
async def delete_inbound_route(db: inject.Database, route_id: FromPath[str], if_match: IfMatch = None) -> None:
    """Delete a route; mail that it had let in stays."""
    await service.delete(db, _id(route_id), if_match)


@post("/inbound-routes/{route_id:str}/test", guards=_WRITE, status_code=202)
async def test_inbound_route(db: inject.Database, clock: inject.Clock, route_id: FromPath[str]) -> TestSent:
    """Send a real mail to an address that the route is for; it counts as any message of yours."""
    return await service.try_out(db, clock, _id(route_id))


@post("/inbound-routes/{route_id:str}/ask", guards=_WRITE, status_code=202)
async def ask_forward_target(runtime: inject.Runtime, route_id: FromPath[str]) -> None:
    """Write once more to whose address a route forwards to, if they have not agreed, or mail to them came back."""
    await service.ask(service.Asking.of(runtime), _id(route_id))


def _id(text: str) -> UUID:
    return decode(service.PREFIX, text)


HANDLERS: list[ControllerRouterHandler] = [
    list_inbound_routes,
    create_inbound_route,
    explain_inbound_route,
    get_inbound_route,
    change_inbound_route,
    delete_inbound_route,
    test_inbound_route,
    ask_forward_target,
]
