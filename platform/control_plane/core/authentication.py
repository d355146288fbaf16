"""The door of `/v1`: makes a subject of the request's API key or access token, and binds who acts and for whom."""

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from control_plane.core.actor import Actor, bind_actor
from control_plane.core.auth import Reach
from control_plane.core.ids import encode
from control_plane.core.key_ring import KeyRing
from control_plane.core.origin import client_address
from control_plane.core.sandbox import bind_mode
from control_plane.core.tenancy import bind_tenant

ACT_FOR_HEADER = "Fleetpost-Tenant"


class ApiKeyMiddleware(ASGIMiddleware):
    """Authenticates every request by its API key and binds its tenant and actor; stands on the router of `/v1`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Set the scope's user, bind the tenant and the actor, go on; raises `Unauthenticated`, `NotFound`."""
        keys: KeyRing = scope["litestar_app"].state.key_ring
        address = client_address(scope)
        key = await keys.authenticate(_bearer_token(scope), address)
        subject = key.subject
        bind_actor(
            Actor(kind="key", id=encode("key", key.id), name=key.name, tenant_id=subject.tenant_id, address=address)
        )
        wanted = Headers.from_scope(scope).get(ACT_FOR_HEADER)
        if wanted is not None:
            reach: Reach = scope["litestar_app"].state.reach
            subject = await reach(subject, wanted)
        scope["user"] = subject
        bind_tenant(subject.tenant_id, subject.allowed_domains)
        bind_mode(subject.mode)
        await next_app(scope, receive, send)


def _bearer_token(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return ""
