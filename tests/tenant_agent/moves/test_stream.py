"""A peer that means no good costs neither memory nor time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import pytest

from tenant_agent.moves.stream import Broken, Stream
from tenant_agent.moves.talk import Answer, Ask


@asynccontextmanager
async def ends(*, stall_seconds: float = 5.0) -> AsyncGenerator[tuple[Stream, asyncio.StreamWriter]]:
    """Give our side of a conversation, and the bare other one."""
    made: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    server = await asyncio.start_server(lambda reader, writer: made.put_nowait((reader, writer)), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    _, theirs = await made.get()
    try:
        yield Stream(reader, writer, stall_seconds=stall_seconds), theirs
    finally:
        writer.close()
        theirs.close()
        server.close()


async def flood(stream: Stream) -> None:
    """Send for ever."""
    while True:
        await stream.send(b"x" * 65_536)


async def test_a_frame_that_is_too_long_is_not_waited_for() -> None:
    async with ends() as (ours, theirs):
        theirs.write(b"\xff\xff\xff\xff")
        with pytest.raises(Broken, match="too long"):
            await ours.receive()


async def test_half_a_frame_is_the_end() -> None:
    async with ends() as (ours, theirs):
        theirs.write(b"\x00\x00\x00\x09half")
        theirs.close()
        with pytest.raises(Broken, match="went silent"):
            await ours.receive()


async def test_a_peer_that_says_nothing_is_cut() -> None:
    async with ends(stall_seconds=0.05) as (ours, _):
        with pytest.raises(Broken, match="went silent"):
            await ours.receive()


async def test_a_peer_that_takes_nothing_is_cut() -> None:
    async with ends(stall_seconds=0.2) as (ours, _):
        with pytest.raises(Broken, match="does not take"):
            await flood(ours)


@pytest.mark.parametrize("said", [b"", b"\xc1", b"\x91" * 1_000, msgspec.msgpack.encode({"type": "Ask"})])
async def test_what_makes_no_sense_ends_the_conversation(said: bytes) -> None:
    async with ends() as (ours, theirs):
        theirs.write(len(said).to_bytes(4, "big") + said)
        with pytest.raises(Broken, match="no sense"):
            await ours.receive_struct(Ask)


async def test_structs_come_as_they_were_sent() -> None:
    async with ends() as (ours, theirs):
        said = msgspec.msgpack.encode(Answer(problem="no"))
        theirs.write(len(said).to_bytes(4, "big") + said)
        assert await ours.receive_struct(Answer) == Answer(problem="no")


@pytest.mark.parametrize("error", [BrokenPipeError, ConnectionResetError])
async def test_a_tool_that_breaks_off_has_ended(error: type[ConnectionError]) -> None:
    tool = asyncio.StreamReader()
    tool.set_exception(error())
    async with ends() as (ours, _):
        await ours.take_from(tool)
