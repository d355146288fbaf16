"""Tells Postfix how a sender logs in at its relay, over a socket: no file ever lists the logins.

smtp(8) asks for the sender of a mail, and when that has no answer, for the server that it has connected to. Both
together name the login: the sender says whose mail it is, by the delivery's token or by its domain, and the server
which of the relays that this mail may leave by. So two tenants at one provider never mix, and no login is ever told to
another server than its own. What is not known is a temporary failure and never "none": a relay that is spoken to
without a login would refuse the mail for good. See socketmap_table(5).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from tenant_agent import wire
from tenant_agent.postfix_socket import bound
from tenant_agent.relays import scope

log = structlog.get_logger(__name__)

_MAP = b"logins "
_LONGEST_REQUEST = 1000
_MOST_DIGITS = 4
_NOT_BY_THIS = b"NOTFOUND "
_UNKNOWN = b"TEMP this mail's relay is not known to the node's agent"

RelaysOf = Callable[[str], Sequence[wire.RelayItem]]
"""From a sender to the relays that its mail may leave by."""


class Conversation:
    """What one smtp(8) process asks, for one mail after the other: `logins 06g…@bounce.acme.test` and what follows."""

    def __init__(self, relays_of: RelaysOf) -> None:
        self._relays_of = relays_of
        self._sender = ""

    def answer(self, request: bytes) -> bytes:
        """Give the reply to a request, without its netstring."""
        if not request.startswith(_MAP):
            return b"PERM there is no such map"
        key = request.removeprefix(_MAP).decode("utf-8", "replace")
        if key.startswith("["):
            return self._login_at(key)
        if "@" in key and not key.startswith("@"):
            self._sender = key if self._relays_of(key) else ""
        return _NOT_BY_THIS if self._sender else _UNKNOWN

    def _login_at(self, server: str) -> bytes:
        """Answer the last question about a mail; the next one begins anew."""
        sender, self._sender = self._sender, ""
        relay = scope.login_for(self._relays_of(sender), server, sender) if sender else None
        return _UNKNOWN if relay is None else f"OK {relay.username}:{relay.password}".encode()


async def serve(relays_of: RelaysOf, path: Path) -> None:
    """Answer on a socket that Postfix's group may use, until cancelled."""
    open_writers: set[asyncio.StreamWriter] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.add(writer)
        conversation = Conversation(relays_of)
        try:
            while True:
                reply = conversation.answer(await _read(reader))
                writer.write(b"%d:%s," % (len(reply), reply))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, _NoNetstring):
            return
        except sqlite3.Error as error:  # smtp(8) tries again later
            log.warning("relays.unreadable", reason=str(error))
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
