"""Our cookies: over https they carry the `__Host-` prefix, so that no other host can set them."""

from typing import TypeAlias
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie, State

from control_plane.core.runtime import Runtime

PageRequest: TypeAlias = "Request[object, object, State]"

SESSION = "fp_session"
CSRF = "fp_csrf"
PASSKEY = "fp_passkey"
"""What this browser was asked to sign."""
PROVIDER = "fp_provider"
"""That it was this browser which left for an organisation's provider."""
BRAND_HOST = "brand_host"
"""In a request's state: it came to a host name that an agency has proven."""
DEVICE = "fp_device"
"""That somebody signed in from this browser before; it opens nothing."""
THEME = "fp_theme"
"""The reader's choice; the page's script writes it."""


def is_secure(request: PageRequest) -> bool:
    """Say whether the browser speaks https to us, perhaps through a proxy that ends TLS."""
    public = urlsplit(runtime_of(request).settings.public_url)
    is_ours = request.headers.get("host") == public.netloc or request.scope["state"].get(BRAND_HOST, False)
    return request.url.scheme == "https" or (public.scheme == "https" and is_ours)


def read(request: PageRequest, name: str) -> str:
    """Give a cookie's value; empty when there is none."""
    return request.cookies.get(_full_name(request, name), "")


def cookie(request: PageRequest, name: str, value: str) -> Cookie:
    """Make a cookie that scripts cannot read and other sites' forms do not send; it ends with the browser."""
    return Cookie(
        key=_full_name(request, name), value=value, path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def lasting(request: PageRequest, name: str, value: str, seconds: int) -> Cookie:
    """Make a cookie like `cookie` that outlives the browser."""
    made = cookie(request, name, value)
    made.max_age = seconds
    return made


def ended(request: PageRequest, name: str) -> Cookie:
    """Make the cookie that removes another."""
    return Cookie(key=_full_name(request, name), value="", path="/", secure=is_secure(request), max_age=0)


def theme(request: PageRequest) -> str:
    """Give the chosen theme, or nothing: then the system's preference counts."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in ("light", "dark") else ""


def runtime_of(request: PageRequest) -> Runtime:
    """Give the application's open parts."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def _full_name(request: PageRequest, name: str) -> str:
    return f"__Host-{name}" if is_secure(request) else name
