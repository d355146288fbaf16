"""Logs: one JSON object per line on standard error, with the request's id; never bodies, headers or credentials."""

import logging
import sys
import time

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.core.ids import bare, new_uuid

_log = structlog.get_logger()

_ID, _STARTED = "request_id", "request_started"


def configure(level: int = logging.INFO) -> None:
    """Set up structlog for this process; called by the entry points."""
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # it writes a traceback a second while the database is away
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def request_id(scope: Scope) -> str:
    """Give the request's id, making it when it is first asked for."""
    found: str | None = scope["state"].get(_ID)
    if found is None:
        found = scope["state"][_ID] = bare(new_uuid())
    return found


class RequestContext(ASGIMiddleware):
    """Puts the request's id on every line that is logged meanwhile, and starts the clock for `log_answer`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on with the id bound."""
        scope["state"][_STARTED] = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id(scope)):
            await next_app(scope, receive, send)


async def log_answer(message: Message, scope: Scope) -> None:
    """Send the id as `X-Request-Id` and log one line, by the route's template: a hook on every answer there is."""
    if message["type"] != "http.response.start":
        return
    message["headers"] = [*message["headers"], (b"x-request-id", request_id(scope).encode())]
    started = scope["state"].get(_STARTED)
    _log.info(
        "request",
        action="http.request",
        request_id=request_id(scope),
        method=str(scope.get("method")),
        route=scope.get("path_template", ""),
        status=message["status"],
        ms=None if started is None else round((time.perf_counter() - started) * 1000, 1),
    )
