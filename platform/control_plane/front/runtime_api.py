"""Changes certificates of a running HAProxy (Runtime API, management guide §9.3): no session notices."""

import asyncio
from pathlib import Path

_PATIENCE_SECONDS = 10
_MOST_OCTETS = 1024 * 1024


class Refused(Exception):
    """HAProxy did not take a command; what it said holds nothing of a key."""


class RuntimeApi:
    """Speaks to HAProxy's socket; every command is a connection of its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def pid(self) -> int:
        """Give the process that serves now; raises `OSError` while there is none."""
        for line in (await self._ask("show info")).splitlines():
            name, _, value = line.partition(": ")
            if name == "Pid":
                return int(value)
        raise ConnectionError("HAProxy did not say who it is")

    async def add(self, file: str, pem: str, listing: str, entry: str) -> None:
        """Serve one more certificate; raises `Refused`, and then nothing is left of it, and `OSError`."""
        await self._expect(f"new ssl cert {file}", "New empty certificate store")
        try:
            await self.replace(file, pem)
            await self._expect(f"add ssl crt-list {listing} <<\n{entry}\n", "Success")
        except Refused:
            await self._ask(f"del ssl cert {file}")
            raise

    async def replace(self, file: str, pem: str) -> None:
        """Serve a certificate's successor from the next handshake on; raises `Refused`, `OSError`."""
        await self._expect(f"set ssl cert {file} <<\n{pem}", "Transaction")
        try:
            await self._expect(f"commit ssl cert {file}", "Success")
        except Refused:
            await self._ask(f"abort ssl cert {file}")
            raise

    async def remove(self, file: str, listing: str) -> None:
        """Serve a certificate no longer; raises `Refused`, `OSError`."""
        await self._expect(f"del ssl crt-list {listing} {file}", "deleted")
        await self._expect(f"del ssl cert {file}", "deleted")

    async def _expect(self, command: str, word: str) -> None:
        answer = await self._ask(command)
        if word not in answer:
            raise Refused(" ".join(answer.split()) or "HAProxy said nothing")

    async def _ask(self, command: str) -> str:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=_MOST_OCTETS)
            try:
                writer.write(f"{command}\n".encode())
                await writer.drain()
                return (await reader.read(-1)).decode(errors="replace")
            finally:
                writer.close()
