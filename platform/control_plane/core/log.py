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


def configure(level: int = logging.INFO) -> None:
    """Set up structlog for this process; called by the entry points."""
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


class RequestLog(ASGIMiddleware):
    """Gives every request an id, sent back as `X-Request-Id`, and logs a line per request by its route's template."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Log method, route, status and time."""
        request_id = bare(new_uuid())
        started, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            scope["state"]["request_id"] = request_id
            try:
                await next_app(scope, receive, send_with_id)
            finally:
                _log.info(
                    "request",
                    action="http.request",
                    method=str(scope.get("method")),
                    route=scope.get("path_template", ""),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )
