"""What two agents say to each other about a move: frames of bytes, so that each side can end its part of a stream.

A frame is its length in four bytes and as much. An empty one ends a stream; the connection goes on. TLS itself has no
such end that asyncio could send.
"""

import asyncio
from contextlib import suppress
from typing import TypeVar

import msgspec

STALL_SECONDS = 300.0
"""A peer that sends and takes nothing for so long is cut; dsync is silent while it looks through a large mailbox."""
PIECE_BYTES = 1 << 16
_LONGEST_FRAME = 1 << 20

_T = TypeVar("_T")


class Broken(Exception):
    """The conversation ended before its end, or made no sense."""


def broken_by(group: ExceptionGroup[Exception], *kinds: type[Exception]) -> Broken:
    """Give as one error what a group of tasks ended with; raises the group if there is something else in it."""
    if not all(isinstance(each, (Broken, *kinds)) for each in group.exceptions):
        raise group
    return Broken("; ".join(map(str, group.exceptions)))


class Stream:
    """One side of a conversation; memory is bounded by a frame and the transport's own buffers."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, stall_seconds: float = STALL_SECONDS
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._stall_seconds = stall_seconds
        self.received_bytes = 0

    async def send(self, data: bytes) -> None:
        """Send a frame; raises `Broken`."""
        try:
            async with asyncio.timeout(self._stall_seconds):
                self._writer.write(len(data).to_bytes(4, "big") + data)
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise Broken(f"the other node does not take what is sent: {_of(error)}") from error

    async def receive(self, *, within_seconds: float | None = None) -> bytes:
        """Wait for a frame; raises `Broken`."""
        try:
            async with asyncio.timeout(self._stall_seconds if within_seconds is None else within_seconds):
                length = int.from_bytes(await self._reader.readexactly(4), "big")
                if length > _LONGEST_FRAME:
                    raise Broken("the other node sends a frame that is too long")
                data = await self._reader.readexactly(length)
        except (OSError, EOFError, TimeoutError) as error:
            raise Broken(f"the other node went silent: {_of(error)}") from error
        self.received_bytes += length
        return data

    async def send_struct(self, value: msgspec.Struct) -> None:
        await self.send(msgspec.msgpack.encode(value))

    async def receive_struct(self, kind: type[_T]) -> _T:
        """Read a frame as this; raises `Broken`."""
        try:
            return msgspec.msgpack.decode(await self.receive(), type=kind)
        except msgspec.MsgspecError as error:
            raise Broken(f"the other node says what makes no sense: {error}") from error

    async def take_from(self, source: asyncio.StreamReader) -> None:
        """Send all that comes from here, and its end; a source that breaks off has ended."""
        with suppress(ConnectionError):
            while piece := await source.read(PIECE_BYTES):
                await self.send(piece)
        await self.send(b"")

    async def give_to(self, sink: asyncio.StreamWriter) -> None:
        """Write here all that is received up to its end; raises `Broken`.

        One side of dsync may have ended while the other's last words are on their way: they are passed over.
        """
        is_there = True
        while piece := await self.receive():
            is_there = is_there and await self._written(sink, piece)
        with suppress(OSError, RuntimeError):
            sink.write_eof()

    async def _written(self, sink: asyncio.StreamWriter, piece: bytes) -> bool:
        try:
            async with asyncio.timeout(self._stall_seconds):
                sink.write(piece)
                await sink.drain()
        except TimeoutError as error:
            raise Broken("dsync takes nothing more") from error
        except OSError:
            return False
        return True

    async def until_closed(self, seconds: float) -> None:
        """Let the other side close, who may have more to send that nobody needs: it must not miss our last word."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(seconds):
                while await self._reader.read(PIECE_BYTES):
                    pass

    def close(self) -> None:
        self._writer.close()


def _of(error: BaseException) -> str:
    return str(error) or type(error).__name__
