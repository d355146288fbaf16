"""Limits how often a signed-in person has something done that is dear: for them, and twice that for their account."""

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from control_plane.core.gcra import Limiter
from control_plane.core.rate_limit import counters_of, refuse_if_too_many
from control_plane.settings import Rate
from web.visitor import visitor_of


def limit_by_visitor(name: str, per_minute: int, burst: int) -> Guard:
    """Make a guard that raises `TooMany` or `LimiterAway`, and `SignInNeeded` for strangers."""
    rate = Rate(per_minute, burst)

    async def guard(connection: "ASGIConnection[BaseRouteHandler, object, object, State]", _: BaseRouteHandler) -> None:
        subject = visitor_of(Request(connection.scope)).subject
        limiter: Limiter = connection.app.state.limiter
        refuse_if_too_many(await limiter.count(counters_of(subject, name, rate)))

    return guard
