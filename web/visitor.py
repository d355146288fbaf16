"""Who looks at a page: a signed-in person, found by their session's cookie."""

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Guard, Receive, Scope, Send

from control_plane.accounts import service as accounts
from control_plane.core.auth import Subject
from control_plane.core.tenancy import bind_tenant
from web import cookies
from web.errors import SignInNeeded

_STATE = "visitor"

LIVE = {"live": True}
"""The `opt` of routes that a page follows by itself: a page left open does not keep its reader signed in."""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person, acting for a tenant."""

    subject: Subject
    tenant_name: str
    name: str
    email: str


async def find_visitor(request: cookies.PageRequest, *, used: bool = True) -> Visitor | None:
    """Find who holds the request's session and still has a place in its tenant."""
    token, runtime = cookies.read(request, cookies.SESSION), cookies.runtime_of(request)
    found = await accounts.resume(runtime.db, runtime.valkey, token, used=used) if token else None
    if found is None:
        return None
    session = found.session
    return Visitor(subject=found.subject, tenant_name=found.tenant.name, name=session.name, email=session.email)


class VisitorMiddleware(ASGIMiddleware):
    """Finds the visitor, if there is one, and binds their tenant; stands on the portal's routes only."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find and go on; a page that needs a visitor asks for one by injection."""
        used = not LIVE.items() <= scope["route_handler"].opt.items()
        visitor = await find_visitor(Request(scope, receive, send), used=used)
        scope["state"][_STATE] = visitor
        if visitor is not None:
            bind_tenant(visitor.subject.tenant_id)
        await next_app(scope, receive, send)


def visitor_of(request: cookies.PageRequest) -> Visitor:
    """Give the visitor; raises `SignInNeeded`."""
    visitor: Visitor | None = request.scope["state"].get(_STATE)
    if visitor is None:
        raise SignInNeeded
    return visitor


def may(scope: str) -> Guard:
    """Make a guard for pages: raises `SignInNeeded` for strangers, `Forbidden` for who may not."""

    def guard(connection: "ASGIConnection[BaseRouteHandler, object, object, State]", _: BaseRouteHandler) -> None:
        visitor_of(Request(connection.scope)).subject.require(scope)

    return guard
