"""Acts that would hurt in wrong hands need a proof of the last minutes that it is still the same person.

Put `recently_signed_in` on the routes, of the form's page too: then nobody is sent away after they filled it in.
"""

from datetime import datetime, timedelta

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler

from control_plane.core.errors import Forbidden
from web.cookies import runtime_of
from web.refusals import IdentityUnconfirmed
from web.visitor import Visitor, visitor_of

FRESH = timedelta(minutes=10)
"""How long a proof counts."""

_Connection = ASGIConnection[BaseRouteHandler, object, object, State]


class NotYourOrganisations(Forbidden):
    """Your organisation cannot change this for you: sign in by your own password, passkey or link, then try again."""

    code = "sign_in_yourself"


def recently_signed_in(connection: "_Connection", _: BaseRouteHandler) -> None:
    """Raise `IdentityUnconfirmed` when the visitor's last proof is too old, `SignInNeeded` without a visitor."""
    request = Request[object, object, State](connection.scope)
    if not is_fresh(visitor_of(request), runtime_of(request).clock.now()):
        raise IdentityUnconfirmed


def own_account(connection: "_Connection", handler: BaseRouteHandler) -> None:
    """Ask for a fresh proof by the person themselves, for what reaches beyond one tenant: password and factors.

    A provider vouches for its own tenant only: whoever runs it must not get at the rest. Raises `NotYourOrganisations`.
    """
    if visitor_of(Request(connection.scope)).by_provider:
        raise NotYourOrganisations
    recently_signed_in(connection, handler)


def is_fresh(visitor: Visitor, now: datetime) -> bool:
    """Say whether the visitor proved lately who they are."""
    return now - visitor.authenticated_at < FRESH
