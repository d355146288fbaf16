"""Speaks the milter protocol to the agent, as Postfix does."""

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tenant_agent.by_key.desk import Desk
from tenant_agent.by_key.serve import serve
from tests.tenant_agent.by_key.key_samples import QUEUE_ID
from tests.tenant_agent.real_postfix import eventually

ALL_EVENTS = 0x1FFFFF
HEADERS = (("From", " Ann <ann@acme.test>"), ("Subject", " Hello\n there"))


class Postfix:
    """One smtpd process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def tell(self, what: bytes, data: bytes = b"") -> None:
        """Say something that needs no answer."""
        self._writer.write(struct.pack(">I", 1 + len(data)) + what + data)
        await self._writer.drain()

    async def heard(self) -> bytes:
        """Give the next answer; empty when the agent has hung up."""
        try:
            (length,) = struct.unpack(">I", await self._reader.readexactly(4))
            return await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def ask(self, what: bytes, data: bytes = b"") -> bytes:
        await self.tell(what, data)
        return await self.heard()

    async def greet(self, client: bytes = b"4\x01\xbb192.0.2.1\0") -> None:
        """Negotiate, and say who is there."""
        answer = await self.ask(b"O", struct.pack(">III", 6, 0x1FF, ALL_EVENTS))
        assert answer[:1] == b"O", answer
        await self.tell(b"D", _macros(b"C", j="n1.fleetpost.test"))
        await self.tell(b"C", b"client.test\0" + client)

    async def mail(self, login: str, sender: str = "ann@acme.test", words: Sequence[str] = ("SIZE=100",)) -> bytes:
        await self.tell(b"D", _macros(b"M", **{"{auth_type}": "PLAIN", "{auth_authen}": login}))
        return await self.ask(b"M", "".join(f"{text}\0" for text in (f"<{sender}>", *words)).encode())

    async def rcpt(self, recipient: str) -> bytes:
        return await self.ask(b"R", f"<{recipient}>".encode("utf-8", "surrogateescape") + b"\0NOTIFY=NEVER\0")

    async def content(
        self, headers: Sequence[tuple[str, str]] = HEADERS, body: bytes = b"Hi\r\n", queue_id: str = QUEUE_ID
    ) -> bytes:
        for name, value in headers:
            await self.tell(b"L", name.encode() + b"\0" + value.encode("utf-8", "surrogateescape") + b"\0")
        for first in range(0, len(body), 65535):
            await self.tell(b"B", body[first : first + 65535])
        await self.tell(b"D", _macros(b"E", i=queue_id))
        return await self.ask(b"E")

    async def submit(self, login: str, *recipients: str, **content: object) -> bytes:
        """Submit a whole mail; gives the last answer."""
        for answer in [await self.mail(login), *[await self.rcpt(recipient) for recipient in recipients]]:
            if answer != b"c":
                return answer
        return await self.content(**content)  # type: ignore[arg-type]


def _macros(before: bytes, **values: str) -> bytes:
    return before + b"".join(text.encode() + b"\0" for pair in values.items() for text in pair)


@asynccontextmanager
async def postfix_at(desk: Desk) -> AsyncIterator[Postfix]:
    """Serve the desk, and connect to it."""
    with TemporaryDirectory(prefix="fp-") as directory:
        path = Path(directory) / "by-key.sock"
        serving = asyncio.create_task(serve(desk, path))
        await eventually(path.exists)
        reader, writer = await asyncio.open_unix_connection(str(path))
        try:
            yield Postfix(reader, writer)
        finally:
            writer.close()
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
