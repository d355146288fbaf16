"""Large files are sent as they are read: the same bytes as if all had been in memory, whatever the pieces."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_agent import wire
from tenant_agent.compose import Base64Lines, FilePart, Skeleton, compile_message
from tenant_agent.fetched.reading import FileLost, ReadFile
from tenant_agent.inject.outcomes import NotSent, PutOff, Queued
from tenant_agent.inject.session import Gate, Session
from tenant_agent.inject.stuffing import Stuffing, on_the_wire

ENVELOPE = wire.Envelope(
    tenant_id="ten_1",
    message_id="msg_06g0000000000000000000000a",
    stream="transactional",
    pool_id="pool_1",
    domain="acme.test",
    return_domain="bounce.acme.test",
)
LARGE = os.urandom(1_000_003)


class Server:
    """Takes one mail and keeps what was said and sent, byte for byte."""

    def __init__(self, most_bytes: int = 10**9) -> None:
        self.commands: list[bytes] = []
        self.content = b""
        self.ended = asyncio.Event()
        self._most_bytes = most_bytes
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be the server on one connection."""
        try:
            writer.write(b"220 n1.test ESMTP\r\n")
            while line := await reader.readline():
                await self._answer(line, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.ended.set()
            writer.close()

    async def _answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.commands.append(line)
        if line.startswith(b"EHLO"):
            writer.write(b"250-n1.test\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
        elif line.startswith(b"DATA"):
            writer.write(b"354 Go on\r\n")
            while not self.content.endswith(b"\r\n.\r\n"):
                some = await reader.read(65536)
                self.content += some
                if not some or len(self.content) > self._most_bytes:
                    raise ConnectionAbortedError
            writer.write(b"250 2.0.0 Ok: queued as 4jX5lx4zN7zCXkw\r\n")
        else:
            writer.write(b"250 2.1.0 Ok\r\n")


@asynccontextmanager
async def running(server: Server, read_file: ReadFile) -> AsyncIterator[Session]:
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        session = Session(Gate(port=listening.sockets[0].getsockname()[1]), read_file)
        yield session
        session.close()
        await server.ended.wait()


def ref_of(content: bytes) -> wire.FileRef:
    return wire.FileRef("06g0000000000000000000000f", len(content), hashlib.sha256(content).digest())


def reader(content: bytes, piece: int = 57 * 4096) -> ReadFile:
    async def read(file: wire.FileRef) -> AsyncGenerator[bytes]:
        for at in range(0, len(content), piece):
            yield content[at : at + piece]

    return read


def content(file: bytes | wire.FileRef) -> wire.Content:
    return wire.Content(
        sender=wire.Address("ann@acme.test", "Ann"),
        to=(wire.Address("bob@else.test"),),
        subject="Files",
        text="Here",
        html="<p>Here<img src=cid:logo></p>",
        attachments=(
            wire.Attachment("a.pdf", "application/pdf", file),
            wire.Attachment("logo.png", "image/png", b"small", "logo"),
            wire.Attachment("b.pdf", "application/pdf", file),
        ),
    )


@given(st.binary(max_size=400), st.lists(st.integers(0, 80), max_size=10))
def test_base64_is_the_same_in_pieces(data: bytes, cuts: list[int]) -> None:
    lines, written, at = Base64Lines(), b"", 0
    for cut in cuts:
        written += lines.feed(data[at : at + cut])
        at += cut
    written += lines.feed(data[at:]) + lines.end()
    assert written == b"\r\n".join(base64.encodebytes(data).splitlines())


@given(st.lists(st.sampled_from([b".", b"\r\n", b"a", b".."]), max_size=20), st.integers(1, 7))
def test_dots_are_doubled_the_same_in_pieces(parts: list[bytes], piece: int) -> None:
    whole, stuffing = b"".join(parts), Stuffing()
    sent = b"".join(stuffing.feed(whole[at : at + piece]) for at in range(0, len(whole), piece)) + stuffing.end()
    assert sent == on_the_wire(whole)
    lines = sent.removesuffix(b".\r\n").splitlines()
    read = [line[1:] if line.startswith(b".") else line for line in lines]
    assert read == (whole.splitlines() or [b""])


async def test_a_message_with_files_is_sent_as_if_they_were_in_it() -> None:
    whole = compile_message(ENVELOPE, content(LARGE)).render({})
    pieces = compile_message(ENVELOPE, content(ref_of(LARGE))).pieces({})
    assert [type(piece) for piece in pieces] == [bytes, FilePart, bytes, FilePart, bytes]
    server = Server()
    async with running(server, reader(LARGE)) as session:
        assert await session.hand_over("a@b.test", "bob@else.test", pieces) == Queued("4jX5lx4zN7zCXkw")
    assert server.content == on_the_wire(whole)
    files = [part.get_content() for part in message_from_bytes(whole, EmailMessage, policy=SMTP).iter_attachments()]
    assert files == [LARGE, LARGE]


async def test_a_long_message_that_came_whole_is_sent_as_it_came() -> None:
    header, body = b"From: ann@acme.test\r\nSubject: Hi\r\n\r\n", b"..\r\n.a\r\nb" * 50_000
    long = wire.LongRaw(header, ref_of(body), is_ascii=True)
    sender = wire.Address("ann@acme.test")
    pieces = compile_message(ENVELOPE, wire.Content(sender=sender, raw=long)).pieces({})
    whole = compile_message(ENVELOPE, wire.Content(sender=sender, raw=header + body)).render({})
    server = Server()
    async with running(server, reader(body, 9999)) as session:
        assert isinstance(await session.hand_over("a@b.test", "bob@else.test", pieces), Queued)
    assert server.content == on_the_wire(whole)


@pytest.mark.parametrize(("is_ascii", "announced"), [(True, b""), (False, b" BODY=8BITMIME")])
async def test_what_is_not_ascii_in_a_file_is_announced(is_ascii: bool, announced: bytes) -> None:
    body = "ä".encode() * 1000
    part = FilePart(ref_of(body), as_base64=False, is_ascii=is_ascii)
    server = Server()
    async with running(server, reader(body)) as session:
        await session.hand_over("a@b.test", "bob@else.test", Skeleton((b"Subject: Hi\r\n\r\n", part)).pieces({}))
    assert b"MAIL FROM:<a@b.test>" + announced + b"\r\n" in server.commands


async def test_a_file_that_is_lost_half_way_leaves_nothing_with_the_server() -> None:
    async def read(file: wire.FileRef) -> AsyncGenerator[bytes]:
        yield b"some"
        raise FileLost("it is gone")

    server, pieces = Server(), (b"Subject: Hi\r\n\r\n", FilePart(ref_of(LARGE)))
    async with running(server, read) as session:
        outcome = await session.hand_over("a@b.test", "b@c.test", pieces)
    assert isinstance(outcome, PutOff)
    assert not server.content.endswith(b"\r\n.\r\n")


async def test_a_server_that_hangs_up_half_way_does_not_have_it() -> None:
    server, pieces = Server(most_bytes=500_000), (b"Subject: Hi\r\n\r\n", FilePart(ref_of(LARGE)))
    async with running(server, reader(LARGE * 20)) as session:
        outcome = await session.hand_over("a@b.test", "b@c.test", pieces)
    assert isinstance(outcome, NotSent)
