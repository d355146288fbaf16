"""Postfix's policy service: tells smtpd which transport a message takes, by its return path or by who sent it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import structlog

from tenant_agent.by_key import logins
from tenant_agent.by_key.conversation import ASCII_ONLY
from tenant_agent.postfix_socket import bound
from tenant_agent.route import Router
from tenant_agent.submission import NO_OBJECTION, Submissions

log = structlog.get_logger(__name__)

_END_OF_REQUEST = b"\n\n"
_LONGEST_REQUEST = 64 * 1024

_UNKNOWN = "DEFER_IF_PERMIT 4.7.1 This mail is not known to the node's agent"
_FAILED = "DEFER_IF_PERMIT 4.3.5 The way of this mail cannot be decided just now"


def parse(request: str) -> dict[str, str]:
    """Read the attributes of a request; a value may hold `=`, as VERP senders do."""
    return dict(line.split("=", 1) for line in request.split("\n") if "=" in line)


class Policy:
    """Answers for what the agent is injecting at this moment, and for mail from mailboxes' owners.

    Any process on the node can reach the injection port. What it hands in without a return path that is in the agent's
    hands just then, it cannot get rid of.
    """

    def __init__(
        self, router: Router, submissions: Submissions, *, way_of_probe: Callable[[str], str | None] = lambda _: None
    ) -> None:
        self._router = router
        self._submissions = submissions
        self._way_of_probe = way_of_probe

    def action(self, attributes: dict[str, str]) -> str | Awaitable[str]:
        """Give the action for a request (access(5)); an empty next hop keeps the recipient's domain."""
        login = attributes.get("sasl_username", "")
        if logins.is_of_a_key(login):
            return NO_OBJECTION  # the agent is told the whole mail, and says then
        if login:
            return self._submissions.action(attributes) if attributes.get("recipient", "").isascii() else ASCII_ONLY
        local = attributes.get("sender", "").partition("@")[0]
        assigned = self._router.assigned(local)
        way = assigned.way if assigned is not None else self._way_of_probe(local)
        return f"FILTER {way}" if way else _UNKNOWN


class _Connection(asyncio.Protocol):
    """One smtpd process, with one request after the other."""

    def __init__(self, policy: Policy, open_connections: set["_Connection"]) -> None:
        self._policy = policy
        self._open_connections = open_connections
        self._buffer = b""
        self._waiting: list[bytes] = []
        self._finding: asyncio.Future[str] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are no subclasses
        self._open_connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._open_connections.discard(self)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        *requests, self._buffer = (self._buffer + data).split(_END_OF_REQUEST)
        self._waiting += requests
        self._go_on()
        if len(self._buffer) > _LONGEST_REQUEST:
            self.hang_up()

    def _go_on(self) -> None:
        """Answer in order; while one answer is being found, the next ones wait."""
        while self._waiting and self._finding is None:
            action = self._policy.action(parse(self._waiting.pop(0).decode("utf-8", "replace")))
            if isinstance(action, str):
                self._answer(action)
            else:
                self._finding = asyncio.ensure_future(action)
                self._finding.add_done_callback(self._found)

    def _found(self, finding: asyncio.Future[str]) -> None:
        self._finding = None
        if finding.cancelled():
            return
        error = finding.exception()
        if error is not None:
            log.error("policy.failed", reason=repr(error))
        self._answer(_FAILED if error is not None else finding.result())
        self._go_on()

    def _answer(self, action: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(f"action={action}\n\n".encode())


async def serve(policy: Policy, path: Path) -> None:
    """Answer on a socket that Postfix's group may use, until cancelled."""
    connections: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: _Connection(policy, connections), sock=bound(path))
    try:
        async with server:
            await server.serve_forever()
    finally:
        for connection in connections:
            connection.hang_up()
