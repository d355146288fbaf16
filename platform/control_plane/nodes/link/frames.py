"""The connection as frames: encoded, decoded, sent one at a time; every way it can end has a code and a reason."""

import asyncio
from collections.abc import Callable
from enum import IntEnum
from typing import TypeAlias

import msgspec
from litestar import WebSocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from control_plane.nodes.link import bounds
from tenant_agent import wire

AgentSocket: TypeAlias = WebSocket[object, object, State]


class End(IntEnum):
    """Why we close a connection; private codes of RFC 6455 §7.4.2, after the HTTP status they resemble."""

    NORMAL = 1000
    OUR_FAULT = 1011
    MALFORMED = 4400
    UNKNOWN = 4401
    UNKNOWN_KEYS = 4403
    SILENT = 4408
    REPLACED = 4409
    OLD_VERSION = 4426


class LinkEnded(Exception):
    """The connection is to end, or has ended already when there is no code to close it with."""

    def __init__(self, code: End | None, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


class Frames:
    """One agent's connection."""

    def __init__(self, socket: AgentSocket) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()
        self._seal: Callable[[wire.Changes], wire.Bundle] | None = None

    def seal_with(self, seal: Callable[[wire.Changes], wire.Bundle] | None) -> None:
        """Sign all changes from now on, in the order in which they are sent."""
        self._seal = seal

    async def receive(self, within_seconds: float) -> wire.FromAgent:
        """Wait for a frame, passing over those of later versions.

        Raises `LinkEnded` when it cannot be read, does not come in time, or the agent is gone.
        """
        try:
            async with asyncio.timeout(within_seconds):
                while True:
                    data = await self._socket.receive_bytes()
                    frame = _read(data)
                    if frame is not None:
                        return bounds.within(frame, len(data))
        except TimeoutError as error:
            raise LinkEnded(End.SILENT, "nothing was heard for too long") from error
        except WebSocketDisconnect as error:
            raise LinkEnded(None, "the agent disconnected") from error
        except (msgspec.MsgspecError, bounds.OutOfBounds, KeyError) as error:  # KeyError: a text frame
            raise LinkEnded(End.MALFORMED, f"a frame cannot be read: {error}") from error

    async def send(self, frame: wire.FromControl) -> None:
        """Send a frame."""
        async with self._sending:
            if self._seal is not None and isinstance(frame, wire.Changes):
                frame = self._seal(frame)
            await self._socket.send_bytes(wire.encode(frame))

    async def close(self, code: End, reason: str) -> None:
        """Say goodbye."""
        await self._socket.close(code, reason[:120])


def _read(data: bytes) -> wire.FromAgent | None:
    if len(data) > bounds.MOST_BYTES:
        raise bounds.OutOfBounds("it is too large")
    return wire.decode_from_agent(data)


async def refuse(socket: AgentSocket) -> None:
    """Answer the handshake with 401 where the server can, else close it (which becomes 403)."""
    if "websocket.http.response" not in (socket.scope.get("extensions") or {}):
        await socket.close(End.UNKNOWN, "unknown credential")
        return
    headers = [(b"www-authenticate", b"Bearer")]
    await socket.send({"type": "websocket.http.response.start", "status": 401, "headers": headers})
    await socket.send({"type": "websocket.http.response.body", "body": b"", "more_body": False})
