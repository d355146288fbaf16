"""Dovecot's auth-master socket: what the auth process knows of a user right now, and making it forget.

The protocol (version 1.x, tab-separated lines) is described in Dovecot's `doc/auth-protocol.txt`.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

_GREETING = b"VERSION\t1\t2\n"
_ANSWERS = frozenset({"USER", "NOTFOUND", "OK", "FAIL"})
_PATIENCE_SECONDS = 5.0


class NoAnswer(Exception):
    """The auth process ended the conversation, failed, or took too long."""


class AuthMaster:
    """One conversation; questions are asked one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._asked = 0

    async def user(self, name: str) -> dict[str, str] | None:
        """Give a user's fields (uid, gid, home and extra ones); none if there is no such user; raises `NoAnswer`.

        Without any fields the auth process cannot say just now, as when it has not seen a new passwd-file yet.
        """
        verb, fields = await self._ask("USER", name, "service=fleetpost")
        if verb == "NOTFOUND":
            return None
        pairs = (field.partition("=") for field in fields[1:]) if verb == "USER" else ()
        return {key: value for key, _, value in pairs}

    async def forget(self, names: Iterable[str]) -> None:
        """Drop users from the cache; with no names, all of them."""
        await self._ask("CACHE-FLUSH", *names)

    async def _ask(self, *words: str) -> tuple[str, list[str]]:
        self._asked += 1
        verb, *rest = words
        self._writer.write(("\t".join([verb, str(self._asked), *rest]) + "\n").encode())
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._answer(str(self._asked))
        except (OSError, TimeoutError) as error:
            raise NoAnswer(f"{verb}: {error}") from error

    async def _answer(self, number: str) -> tuple[str, list[str]]:
        while line := await self._reader.readline():
            verb, *fields = line.decode(errors="replace").rstrip("\n").split("\t")
            if verb in _ANSWERS and fields and fields[0] == number:
                return verb, fields[1:]
        raise NoAnswer("the auth process hung up")


@asynccontextmanager
async def auth_master(socket: Path) -> AsyncGenerator[AuthMaster]:
    """Open a conversation; raises `NoAnswer` when nobody listens."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError as error:
        raise NoAnswer(str(error)) from error
    writer.write(_GREETING)
    try:
        yield AuthMaster(reader, writer)
    finally:
        writer.close()
