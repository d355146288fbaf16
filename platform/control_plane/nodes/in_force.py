"""Holds back the answer to a change until the change is in force on the nodes, for a moment at the most.

A mailbox that was just made can then be logged in to, without a first try that is too early and makes Dovecot slow the
next ones down. A node that is away holds nobody up: it is not waited for, and gets the change when it is back.
"""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.core.auth import Subject
from control_plane.core.runtime import Runtime
from control_plane.nodes import service
from control_plane.nodes.schemas import IN_FORCE

_PATIENCE_SECONDS = 1.0
_FIRST_ERROR_STATUS = 400


class InForceMiddleware(ASGIMiddleware):
    """Stands outside of what commits, since only committed changes reach nodes."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Delay the answer's start."""
        if not IN_FORCE.items() <= scope["route_handler"].opt.items():
            return await next_app(scope, receive, send)

        async def send_in_force(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _FIRST_ERROR_STATUS:
                runtime: Runtime = scope["litestar_app"].state.runtime
                subject: Subject = scope["user"]
                await service.wait_in_force(runtime.db, runtime.signals, subject.tenant_id, seconds=_PATIENCE_SECONDS)
            await send(message)

        return await next_app(scope, receive, send_in_force)
