"""Who looks at a page: a signed-in person, found by their session's cookie."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Guard, Receive, Scope, Send

from control_plane.accounts import service as accounts
from control_plane.accounts.schemas import Person, Session
from control_plane.accounts.schemas import Visitor as Found
from control_plane.core.actor import bind_actor
from control_plane.core.auth import Subject
from control_plane.core.errors import Forbidden
from control_plane.core.languages import mark
from control_plane.core.origin import client_address
from control_plane.core.tenancy import bind_tenant
from web import cookies
from web.language import speak
from web.refusals import SignInNeeded

_STATE = "visitor"

LIVE = {"live": True}
"""The `opt` of routes that a page follows by itself: a page left open does not keep its reader signed in."""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person, acting for a tenant."""

    subject: Subject
    session: Session
    user_id: UUID
    tenant_name: str
    name: str
    email: str
    acting_from_name: str | None = None
    """The agency that they belong to, while they act for a client."""
    locale: str | None = None
    """The language that they chose."""

    def may(self, scope: str) -> bool:
        """Say whether they could do something here now; in a suspended account nothing can be changed."""
        is_stopped = scope.endswith(":write") and self.subject.tenant_status == "suspended"
        return self.subject.allows(scope) and not is_stopped

    @property
    def person(self) -> Person:
        """Give who they are."""
        return Person(id=self.user_id, email=self.email, name=self.name)

    @property
    def authenticated_at(self) -> datetime:
        """Give when they last proved who they are."""
        return self.session.authenticated_at

    @property
    def by_provider(self) -> bool:
        """Say whether it was their organisation that vouched for them."""
        return self.session.only_tenant is not None


async def find_visitor(request: cookies.PageRequest, *, used: bool = True) -> Visitor | None:
    """Find who holds the request's session and still has a place in its tenant."""
    found = await _find(request, used=used)
    return None if found is None else _visitor(found)


async def still_may(request: cookies.PageRequest, viewer: Visitor, scope: str) -> bool:
    """Say whether who began to follow a page may still see it: the same tenant's, with that right."""
    found = await find_visitor(request, used=False)
    return found is not None and found.subject.tenant_id == viewer.subject.tenant_id and found.subject.allows(scope)


class VisitorMiddleware(ASGIMiddleware):
    """Finds the visitor, if there is one, and binds their tenant and them as actor; stands on the portal's routes."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find and go on; a page that needs a visitor asks for one by injection."""
        used = not LIVE.items() <= scope["route_handler"].opt.items()
        found = await _find(Request(scope, receive, send), used=used)
        scope["state"][_STATE] = None if found is None else _visitor(found)
        if found is not None:
            bind_tenant(found.subject.tenant_id)
            bind_actor(found.actor)
            if found.locale:
                speak(Request(scope), found.locale)
        await next_app(scope, receive, send)


def visitor_or_none(request: cookies.PageRequest) -> Visitor | None:
    """Give the visitor, if somebody is signed in."""
    visitor: Visitor | None = request.scope["state"].get(_STATE)
    return visitor


def visitor_of(request: cookies.PageRequest) -> Visitor:
    """Give the visitor; raises `SignInNeeded`."""
    visitor = visitor_or_none(request)
    if visitor is None:
        raise SignInNeeded
    return visitor


def may(scope: str) -> Guard:
    """Make a guard for pages: raises `SignInNeeded` for strangers, `Forbidden` for who may not."""

    def guard(connection: "ASGIConnection[BaseRouteHandler, object, object, State]", _: BaseRouteHandler) -> None:
        subject = visitor_of(Request(connection.scope)).subject
        if not subject.allows(scope):
            raise Forbidden(mark("Your role in this account does not include this: ask one of its owners."))
        subject.require(scope)

    return guard


async def _find(request: cookies.PageRequest, *, used: bool) -> Found | None:
    token, runtime = cookies.read(request, cookies.SESSION), cookies.runtime_of(request)
    if not token:
        return None
    address = client_address(request.scope)
    return await accounts.resume(runtime.db, runtime.valkey, token, used=used, address=address, clock=runtime.clock)


def _visitor(found: Found) -> Visitor:
    return Visitor(
        subject=found.subject,
        session=found.session,
        user_id=found.person.id,
        tenant_name=found.tenant.name,
        name=found.person.name,
        email=found.person.email,
        acting_from_name=found.place.through_name,
        locale=found.locale,
    )
