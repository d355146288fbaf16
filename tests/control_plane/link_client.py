"""An agent's end of the link, spoken to the real application in process: real frames, real handlers, no sockets."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from litestar import Litestar

from tenant_agent import wire

Frame = TypeVar("Frame")

_PATIENCE_SECONDS = 10


class Refused(Exception):
    """The handshake was answered with an HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class Closed(Exception):
    """The control plane closed the connection."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        super().__init__(f"{code} {reason}")


class LinkClient:
    """One connection; frames of a type that is not waited for are kept until they are."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self.from_app: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self.kept: list[wire.FromControl] = []

    async def send(self, frame: wire.FromAgent) -> None:
        """Send a frame."""
        await self.send_bytes(wire.encode(frame))

    async def send_bytes(self, data: bytes) -> None:
        """Send whatever this is."""
        await self.to_app.put({"type": "websocket.receive", "bytes": data})

    async def next(self, kind: type[Frame]) -> Frame:
        """Wait for the next frame of a type; raises `Closed`."""
        for index, kept in enumerate(self.kept):
            if isinstance(kept, kind):
                del self.kept[index]
                return kept
        while True:
            frame = await self._receive()
            if isinstance(frame, kind):
                return frame
            self.kept.append(frame)

    async def whole_state(self) -> list[wire.Changes]:
        """Wait for a set of changes to its last frame."""
        frames = [await self.next(wire.Changes)]
        while frames[-1].more:
            frames.append(await self.next(wire.Changes))
        return frames

    async def until(self, seen: Callable[[], Awaitable[object]]) -> None:
        """Wait until something is seen that no frame tells."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await seen():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.01)

    async def end(self) -> Closed:
        """Wait until the control plane closes."""
        try:
            while True:
                self.kept.append(await self._receive())
        except Closed as closed:
            return closed

    async def _receive(self) -> wire.FromControl:
        message = await asyncio.wait_for(self.from_app.get(), _PATIENCE_SECONDS)
        if message["type"] == "websocket.close":
            raise Closed(int(str(message["code"])), str(message.get("reason")))
        data = message["bytes"]
        assert isinstance(data, bytes)
        frame = wire.decode_from_control(data)
        assert frame is not None
        return frame


@asynccontextmanager
async def linked(app: Litestar, credential: str) -> AsyncGenerator[LinkClient]:
    """Connect; raises `Refused`. The greeting is the caller's."""
    client = LinkClient()
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": wire.LINK_PATH,
        "raw_path": wire.LINK_PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"fleetpost.test"), (b"authorization", f"Bearer {credential}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "subprotocols": [],
        "state": {},
        "extensions": {"websocket.http.response": {}},
    }
    await client.to_app.put({"type": "websocket.connect"})
    task = asyncio.create_task(app(scope, client.to_app.get, client.from_app.put))  # type: ignore[arg-type]
    try:
        answer = await asyncio.wait_for(client.from_app.get(), _PATIENCE_SECONDS)
        if answer["type"] != "websocket.accept":
            raise Refused(int(str(answer.get("status", answer.get("code")))))
        yield client
    finally:
        await client.to_app.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(task, _PATIENCE_SECONDS)


@asynccontextmanager
async def greeted(app: Litestar, credential: str, generation: int = 0) -> AsyncGenerator[LinkClient]:
    """Connect and exchange greetings."""
    async with linked(app, credential) as client:
        await client.send(wire.Hello(wire_version=wire.WIRE_VERSION, agent_version="test", generation=generation))
        await client.next(wire.Welcome)
        yield client
