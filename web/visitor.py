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
from control_plane.accounts import sessions
from control_plane.accounts.schemas import SCOPES_OF, Role, Session
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for, bind_tenant
from control_plane.tenants import service as tenants
from web import cookies
from web.errors import SignInNeeded

_STATE = "visitor"


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person, acting for a tenant."""

    subject: Subject
    tenant_name: str
    name: str
    email: str


async def find_visitor(request: cookies.PageRequest) -> Visitor | None:
    """Find who holds the request's session and still has a place in its tenant."""
    token = cookies.read(request, cookies.SESSION)
    if not token:
        return None
    runtime = cookies.runtime_of(request)
    session = await sessions.find(runtime.valkey, token)
    return await _at_their_place(runtime.db, session) if session else None


async def _at_their_place(db: Database, session: Session) -> Visitor | None:
    """Give the visitor with the rights they have now; the session remembers those at sign-in only."""
    places: dict[TenantId, Role] = {
        place.tenant_id: place.role for place in await accounts.memberships(db, session.user_id)
    }
    role = places.get(session.tenant_id)
    if role is None:
        return None
    with acting_for(session.tenant_id):
        async with db.tenant_tx() as tx:
            tenant = await tenants.face_of(tx, session.tenant_id)
    subject = Subject(
        tenant_id=session.tenant_id,
        tenant_kind=tenant.kind,
        tenant_status=tenant.status,
        scopes=SCOPES_OF[role],
        user_id=session.user_id,
    )
    return Visitor(subject=subject, tenant_name=tenant.name, name=session.name, email=session.email)


class VisitorMiddleware(ASGIMiddleware):
    """Finds the visitor, if there is one, and binds their tenant; stands on the portal's routes only."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find and go on; a page that needs a visitor asks for one by injection."""
        visitor = await find_visitor(Request(scope, receive, send))
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
