"""Postfix's policy service: tells smtpd which transport a message takes, by its return path or by who sent it."""

import asyncio
from pathlib import Path
from typing import cast

from tenant_agent.postfix_socket import bound
from tenant_agent.route import Router, decide, submission_pool

_END_OF_REQUEST = b"\n\n"
_LONGEST_REQUEST = 64 * 1024

_UNKNOWN = "DEFER_IF_PERMIT 4.7.1 This mail is not known to the node's agent"
_NO_ADDRESS = "DEFER_IF_PERMIT 4.3.5 The node has no sending address for this mail just now"


def parse(request: str) -> dict[str, str]:
    """Read the attributes of a request; a value may hold `=`, as VERP senders do."""
    return dict(line.split("=", 1) for line in request.split("\n") if "=" in line)


class Policy:
    """Answers for what the agent is injecting at this moment, and for mail from mailboxes' owners.

    Any process on the node can reach the injection port. What it hands in without a return path that is in the agent's
    hands just then, it cannot get rid of.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    def action(self, attributes: dict[str, str]) -> str:
        """Give the action for a request (access(5)); an empty next hop keeps the recipient's domain."""
        if attributes.get("sasl_username"):
            return self._for_submission(attributes)
        return self._for_delivery(attributes.get("sender", "").partition("@")[0])

    def _for_submission(self, attributes: dict[str, str]) -> str:
        node = self._router.node
        pool_id = submission_pool(node)
        way = decide(node, self._router.generation, pool_id, attributes.get("instance", "")) if pool_id else None
        return f"FILTER {way.transport}:" if way else _NO_ADDRESS

    def _for_delivery(self, token: str) -> str:
        way = self._router.assigned(token)
        return f"FILTER {way.transport}:" if way else _UNKNOWN


class _Connection(asyncio.Protocol):
    """One smtpd process, with one request after the other."""

    def __init__(self, policy: Policy, open_connections: set["_Connection"]) -> None:
        self._policy = policy
        self._open_connections = open_connections
        self._buffer = b""
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
        for request in requests:
            self._answer(request)
        if len(self._buffer) > _LONGEST_REQUEST:
            self.hang_up()

    def _answer(self, request: bytes) -> None:
        action = self._policy.action(parse(request.decode("utf-8", "replace")))
        if self._transport is not None:
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
