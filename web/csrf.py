"""No other site's page can act for a signed-in person: each form carries a signed token that must match a cookie.

The token's signature covers the session, so that a token planted before sign-in is worth nothing after it. Browsers
that say where a request comes from (`Sec-Fetch-Site`) are believed when they say that it comes from elsewhere.
"""

import hashlib
import hmac
import secrets

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.core.errors import Forbidden
from web import cookies

_HEADER = "x-csrf-token"
_FIELD = "_csrf_token"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_OWN_PAGES = {"same-origin", "none", ""}
_STATE = "csrf_token"


class ForeignForm(Forbidden):
    """The form was open for too long or did not come from our own page: go back, reload it, and send it again."""

    code = "foreign_form"


def mint(secret: str, session: str) -> str:
    """Make a token for a session, or for nobody yet."""
    nonce = secrets.token_urlsafe(24)
    return f"{nonce}.{_signature(secret, session, nonce)}"


def is_genuine(token: str, secret: str, session: str) -> bool:
    """Say whether `mint` made the token for this session."""
    nonce, _, signature = token.partition(".")
    return hmac.compare_digest(signature.encode(), _signature(secret, session, nonce).encode())


def _signature(secret: str, session: str, nonce: str) -> str:
    return hmac.new(bytes.fromhex(secret), f"csrf\0{session}\0{nonce}".encode(), hashlib.sha256).hexdigest()


class CsrfWall(ASGIMiddleware):
    """Gives pages their token and refuses unsafe requests without it, as `ForeignForm`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Check, then go on with the token in the scope's state."""
        request: cookies.PageRequest = Request(scope, receive, send)
        secret = cookies.runtime_of(request).settings.session_secret
        session, held = cookies.read(request, cookies.SESSION), cookies.read(request, cookies.CSRF)
        genuine = is_genuine(held, secret, session)
        if request.method not in _SAFE_METHODS:
            await _refuse_foreign(request, held if genuine else "")
        scope["state"][_STATE] = token = held if genuine else mint(secret, session)
        await next_app(scope, receive, send if genuine else _with_cookie(request, token, send))


def token_of(request: cookies.PageRequest) -> str:
    """Give the token for this request's page; empty outside the portal's own routes."""
    token: str = request.scope["state"].get(_STATE, "")
    return token


async def _refuse_foreign(request: cookies.PageRequest, held: str) -> None:
    if request.headers.get("sec-fetch-site", "") not in _OWN_PAGES:
        raise ForeignForm
    given = request.headers.get(_HEADER) or (await request.form()).get(_FIELD, "")
    if not held or not hmac.compare_digest(str(given).encode(), held.encode()):
        raise ForeignForm


def _with_cookie(request: cookies.PageRequest, token: str, send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            headers.add("set-cookie", cookies.cookie(request, cookies.CSRF, token).to_header(header=""))
        await send(message)

    return wrapped
