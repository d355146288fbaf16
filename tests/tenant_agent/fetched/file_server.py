"""A control plane that gives files, as a test wants it: whole, in part, not at all, or something else."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tenant_agent import wire
from tenant_agent.fetched.download import Download

CREDENTIAL = "fpn_test"


def ref_of(content: bytes) -> wire.FileRef:
    """Refer to bytes."""
    return wire.FileRef(secrets.token_hex(13), len(content), hashlib.sha256(content).digest())


class FileServer:
    """Serves files by their ids over HTTP, and notes what it was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        """Address and range."""
        self.status = 200
        self.breaks_after: int | None = None
        self.changes: Callable[[bytes], bytes] = lambda content: content
        self.port = 0

    def add(self, content: bytes) -> wire.FileRef:
        """Have a file."""
        ref = ref_of(content)
        self.files[ref.id] = content
        return ref

    def download(self) -> Download:
        """Give the agent's way to it."""
        return Download(f"http://127.0.0.1:{self.port}", lambda: CREDENTIAL, None)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after the other."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        address = head.split(" ")[1]
        wanted = re.search(r"(?i)\r\nrange: bytes=([0-9]+)-\r\n", head)
        self.asked.append((address, wanted[1] if wanted else None))
        assert f"Bearer {CREDENTIAL}" in head
        content = self.changes(self.files.get(address.rpartition("/")[2], b""))
        if self.status != 200 or not content:
            writer.write(f"HTTP/1.1 {self.status if content else 404} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        start = int(wanted[1]) if wanted else 0
        status = f"206 Partial\r\nContent-Range: bytes {start}-{len(content) - 1}/{len(content)}" if start else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(content) - start}\r\n\r\n".encode())
        if self.breaks_after is not None:
            writer.write(content[start : start + self.breaks_after])
            await writer.drain()
            raise ConnectionResetError
        writer.write(content[start:])
        await writer.drain()


@asynccontextmanager
async def file_server() -> AsyncIterator[FileServer]:
    """Run one."""
    made = FileServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
