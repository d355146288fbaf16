"""Tells Postfix how a sender logs in at its relay, over a socket: no file ever lists the logins.

The key is the return path, whose left side is the delivery's token; the ledger knows which relay the delivery was
routed to. So two tenants at one provider never mix. What is not known is a temporary failure and never "none": a relay
that is spoken to without a login would refuse the mail for good. See socketmap_table(5).
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from tenant_agent.postfix_socket import bound
from tenant_agent.relays.book import RelayBook

log = structlog.get_logger(__name__)

_MAP = b"logins "
_LONGEST_REQUEST = 1000
_MOST_DIGITS = 4

RelayOf = Callable[[str], str | None]
"""From a delivery's token to the relay that it was routed to."""


class Logins:
    """Answers requests such as `logins 06g…@bounce.acme.test`."""

    def __init__(self, book: RelayBook, relay_of: RelayOf) -> None:
        self._book = book
        self._relay_of = relay_of

    def answer(self, request: bytes) -> bytes:
        """Give the reply to a request, without its netstring."""
        if not request.startswith(_MAP):
            return b"PERM there is no such map"
        token, at, _ = request.removeprefix(_MAP).decode("ascii", "replace").partition("@")
        relay_id = self._relay_of(token) if at else None
        relay = self._book.find(relay_id) if relay_id else None
        if relay is None:
            return b"TEMP this mail's relay is not known to the node's agent"
        return f"OK {relay.username}:{relay.password}".encode()


async def serve(logins: Logins, path: Path) -> None:
    """Answer on a socket that Postfix's group may use, until cancelled."""
    open_writers: set[asyncio.StreamWriter] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.add(writer)
        try:
            while True:
                reply = logins.answer(await _read(reader))
                writer.write(b"%d:%s," % (len(reply), reply))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, _NoNetstring):
            return
        finally:
            open_writers.discard(writer)
            writer.close()

    server = await asyncio.start_unix_server(converse, sock=bound(path), limit=_LONGEST_REQUEST)
    try:
        async with server:
            await server.serve_forever()
    finally:
        for writer in open_writers:
            writer.close()


class _NoNetstring(Exception):
    """What came is no netstring."""


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Read a netstring."""
    digits = (await reader.readuntil(b":"))[:-1]
    if not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise _NoNetstring
    *text, comma = await reader.readexactly(int(digits) + 1)
    if comma != ord(","):
        raise _NoNetstring
    return bytes(text)
