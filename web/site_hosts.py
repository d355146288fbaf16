"""Keeps the portal to the names it belongs to: below customers' domains there is only what they promise in DNS."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Receive, Scope, Send

from control_plane.core.errors import NotFound
from control_plane.domain_sites.hosts import MTA_STS, host_of, take_apart
from control_plane.settings import Settings
from web import cookies

SET_UP = "/mail-set-up"
"""The one page that there is at customers' names."""


class SiteHostMiddleware(ASGIMiddleware):
    """Shows people who open a customer's web name how to set their mail program up, and nothing else."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on at our own names; raises `NotFound` for other pages at customers'."""
        request: cookies.PageRequest = Request(scope, receive, send)
        if not is_site(request) or request.url.path == SET_UP:
            await next_app(scope, receive, send)
        elif request.url.path == "/" and take_apart(_host(request)).label != MTA_STS:
            led = Redirect(SET_UP, status_code=303).to_asgi_response(None, request)
            await led(scope, receive, send)
        else:
            raise NotFound


def is_site(request: cookies.PageRequest) -> bool:
    """Say whether it is a name below a customer's domain that was asked."""
    host = _host(request)
    return bool(take_apart(host).label) and not is_own(host, cookies.runtime_of(request).settings)


def is_own(host: str, settings: Settings) -> bool:
    """Say whether a name is our own, or none that a stranger could have pointed to us: an address, a single label."""
    return "." not in host or _is_address(host) or host in (urlsplit(settings.public_url).hostname, settings.site_host)


def _host(request: cookies.PageRequest) -> str:
    return host_of(request.headers.get("host", ""))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
