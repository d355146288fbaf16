"""The control plane's address for mail that is handed up, played by a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h11

from tenant_agent import wire


class Intake:
    """Remembers what it was handed, and answers what it is told to."""

    def __init__(self) -> None:
        self.mails: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        """The next ones; then 204."""
        self.fails_for: str | None = None
        """The id of a mail that breaks it each time."""
        self.port = 0
        self.path = wire.INBOUND_PATH

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [headers["fleetpost-recipient"] for headers, _ in self.mails]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        connection = h11.Connection(h11.SERVER)
        headers: dict[str, str] = {}
        body = b""
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Request):
                assert (event.method, event.target) == (b"POST", self.path.encode())
                headers = {name.decode(): value.decode() for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                connection.receive_data(await reader.read(65536))
        status = self.answers.pop(0) if self.answers else 204
        if self.fails_for is not None and headers["fleetpost-id"] == self.fails_for:
            status = 500
        if status == 204:
            self.mails.append((headers, body))
        headers_back = [("Content-Length", "0"), ("Connection", "close")]
        writer.write(connection.send(h11.Response(status_code=status, headers=headers_back)) or b"")
        writer.close()


@asynccontextmanager
async def intake() -> AsyncIterator[Intake]:
    """Serve on a port of its own."""
    control = Intake()
    async with await asyncio.start_server(control.serve, "127.0.0.1", 0) as server:
        control.port = server.sockets[0].getsockname()[1]
        yield control
