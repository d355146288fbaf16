"""Finds the brand that a page wears: that of the tenant who looks at it, before sign-in that of the host name."""

from uuid import UUID

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from control_plane.agencies import service as agencies
from control_plane.agencies.schemas import WornBrand
from control_plane.core.database import Database
from control_plane.core.ttl_cache import TtlCache
from control_plane.domain_sites.errors import NotServedHere
from control_plane.domain_sites.hosts import host_of
from web import cookies
from web.brand import Brand, wear
from web.site_hosts import is_own, is_site
from web.visitor import visitor_or_none

_FRESH_SECONDS = 10
"""So long a change may take to be seen by everybody."""

_of_hosts: TtlCache[str, tuple[WornBrand | None]] = TtlCache(fresh_seconds=_FRESH_SECONDS)
_of_tenants: TtlCache[UUID, tuple[WornBrand | None]] = TtlCache(fresh_seconds=_FRESH_SECONDS)


class HostBrandMiddleware(ASGIMiddleware):
    """Wears the brand of the host name that was asked for; stands before who looks at cookies."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find and go on; raises `NotServedHere` at a name that somebody has pointed to us and nobody has proven."""
        request: cookies.PageRequest = Request(scope, receive, send)
        runtime = cookies.runtime_of(request)
        host = host_of(request.headers.get("host", ""))
        wear(Brand())
        if not is_own(host, runtime.settings) and not is_site(request):
            found = await _at_host(runtime.db, host)
            if found is None:
                raise NotServedHere
            scope["state"][cookies.BRAND_HOST] = True
            wear(_brand(found))
        await next_app(scope, receive, send)


class TenantBrandMiddleware(ASGIMiddleware):
    """Wears the brand of the tenant whom the visitor acts for."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find and go on; without a brand of the tenant's or from above, the pages are ours."""
        request: cookies.PageRequest = Request(scope, receive, send)
        visitor = visitor_or_none(request)
        if visitor is not None:
            found = await _of_tenant(cookies.runtime_of(request).db, visitor.subject.tenant_id)
            wear(_brand(found) if found is not None else Brand())
        await next_app(scope, receive, send)


async def wear_brand_of(db: Database, tenant_id: UUID) -> None:
    """Wear a tenant's brand before anybody has signed in: at a name below its own domain."""
    found = await _of_tenant(db, tenant_id)
    if found is not None:
        wear(_brand(found))


def forget(tenant_id: UUID) -> None:
    """Look again at once: the tenant has just changed its brand."""
    _of_tenants.drop(tenant_id)


async def _at_host(db: Database, host: str) -> WornBrand | None:
    known = _of_hosts.get(host)
    if known is None:
        known = (await agencies.brand_for_host(db, host),)
        _of_hosts.put(host, known)
    return known[0]


async def _of_tenant(db: Database, tenant_id: UUID) -> WornBrand | None:
    known = _of_tenants.get(tenant_id)
    if known is None:
        known = (await agencies.brand_of(db, tenant_id),)
        _of_tenants.put(tenant_id, known)
    return known[0]


def _brand(worn: WornBrand) -> Brand:
    return Brand(name=worn.name, css_url=worn.css_path, logo_url=worn.logo_path, support=worn.support, is_ours=False)
