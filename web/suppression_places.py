"""Where suppressions stand: an account's own, an agency's for its clients, the operator's for everybody."""

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from control_plane.core.languages import mark
from web.cookies import PageRequest
from web.visitor import Visitor, may


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One of the lists."""

    path: str
    resource: str
    """What the right to see or change it is about."""
    title: str
    sentence: str
    for_clients: bool = True

    def may_write(self, visitor: Visitor) -> bool:
        """Say whether a visitor may change it."""
        return visitor.may(f"{self.resource}:write")


_OWN = Place(
    path="/suppressions",
    resource="suppressions",
    title=mark("Suppressions"),
    sentence=mark(
        "Addresses that none of your mail is sent to: they bounced, complained, unsubscribed, or you said so."
    ),
    for_clients=False,
)
_PLACES = (
    Place(
        path="/operator/suppressions",
        resource="fleet",
        title=mark("Suppressions for everybody"),
        sentence=mark(
            "Addresses that no account’s mail is sent to. Accounts see the reason, and nothing else of this list."
        ),
    ),
    Place(
        path="/agency/suppressions",
        resource="clients",
        title=mark("Suppressions for all clients"),
        sentence=mark(
            "Addresses that none of your clients’ mail is sent to. Clients see the reason, and nothing else of it."
        ),
    ),
)


def paths(suffix: str = "") -> list[str]:
    """List the addresses of a page at all places."""
    return [f"{place.path}{suffix}" for place in (_OWN, *_PLACES)]


def place_of(request: PageRequest) -> Place:
    """Say which list a page is of."""
    return _at(request.url.path)


def may_here(what: str) -> Guard:
    """Ask for the right that the list at a path needs: `read` or `write`."""
    guards = {place.resource: may(f"{place.resource}:{what}") for place in (_OWN, *_PLACES)}

    def guard(connection: "ASGIConnection[BaseRouteHandler, object, object, State]", handler: BaseRouteHandler) -> None:
        guards[_at(connection.url.path).resource](connection, handler)

    return guard


def _at(path: str) -> Place:
    return next((place for place in _PLACES if path.startswith(place.path)), _OWN)
