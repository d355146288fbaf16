"""Commands that are sent in one write, before a server that answers line for line as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused
from tenant_agent.inject.session import Gate, Session
from tests.ports import free_port

OK = "250 2.1.0 Ok"
GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"
STORED = "250 2.0.0 Ok: queued as 4jX5lx4zN7zCXkw"
HANG_UP = ""
QUEUED = Queued("4jX5lx4zN7zCXkw")


class Script:
    """Answers MAIL, RCPT, DATA and the end of the content, in this order, then RSET and all else with 250."""

    def __init__(self, *answers: str, pipelining: bool = True, in_pieces: bool = False) -> None:
        self.answers = answers
        self.pipelining = pipelining
        self.in_pieces = in_pieces
        self.writes: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be the server on one connection."""
        self.connections += 1
        answers = list(self.answers)
        writer.write(b"220 n1.test ESMTP\r\n")
        in_content = False
        try:
            while line := await reader.readline():
                if in_content and line != b".\r\n":
                    continue
                in_content = await self._answer(writer, line, answers)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, line: bytes, answers: list[str]) -> bool:
        verb = line.split()[0].upper()
        if verb == b"EHLO":
            await self._say(writer, "250-n1.test\r\n250-DSN\r\n250 " + ("PIPELINING" if self.pipelining else "SIZE"))
            return False
        self.writes.append(line)
        answer = answers.pop(0) if answers and verb != b"RSET" else OK
        if answer == HANG_UP:
            raise ConnectionAbortedError
        await self._say(writer, answer)
        if answer.startswith("421"):
            raise ConnectionAbortedError
        return answer == GO_AHEAD

    async def _say(self, writer: asyncio.StreamWriter, answer: str) -> None:
        text = answer.encode() + b"\r\n"
        for piece in [bytes([byte]) for byte in text] if self.in_pieces else [text]:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    def commands(self) -> list[bytes]:
        return [write.split()[0] for write in self.writes]


@asynccontextmanager
async def session_with(script: Script) -> AsyncIterator[Session]:
    port = free_port()
    async with await asyncio.start_server(script.serve, "127.0.0.1", port):
        session = Session(Gate(port=port))
        yield session
        session.close()


async def hand_over(session: Session) -> Outcome:
    return await session.hand_over("token@bounce.acme.test", "bob@else.test", b"Subject: Hi\r\n\r\n.dot\r\n")


ENDINGS = [
    pytest.param((OK, OK, GO_AHEAD, STORED), QUEUED, id="all is well"),
    pytest.param(("451 No", "503 No", "503 No"), PutOff("451 No"), id="the sender is refused and so all that follows"),
    pytest.param((OK, "550-Not\r\n550 here", "554 None"), Refused("550 Not\nhere"), id="the recipient is refused"),
    pytest.param((OK, "450 No", GO_AHEAD, "554 None"), PutOff("450 No"), id="yet the content is asked for"),
    pytest.param((OK, "550 No", GO_AHEAD, HANG_UP), Refused("550 No"), id="and then it breaks"),
    pytest.param((OK, OK, "451 No"), PutOff("451 No"), id="only the content is refused"),
    pytest.param((OK, OK, GO_AHEAD, "552 Big"), Refused("552 Big"), id="the whole is refused"),
    pytest.param((OK, OK, GO_AHEAD, "421 Bye"), NotSent("421 Bye", was_connected=True), id="goodbye to the whole"),
    pytest.param(("421 Bye",), NotSent("421 Bye", was_connected=True), id="goodbye to the sender"),
    pytest.param((OK, "421 Bye"), NotSent("421 Bye", was_connected=True), id="goodbye to the recipient"),
    pytest.param((OK, OK, "421 Bye"), NotSent("421 Bye", was_connected=True), id="goodbye to the content"),
    pytest.param((OK, OK, GO_AHEAD, HANG_UP), InDoubt("the server hung up"), id="a break after the content"),
    pytest.param((OK, OK, GO_AHEAD, "250 Fine"), InDoubt("Fine"), id="a yes that is not Postfix's"),
    pytest.param((OK, OK, GO_AHEAD, "nonsense"), InDoubt("the server hung up"), id="an answer that is none"),
    pytest.param((OK, OK, HANG_UP), NotSent("the server hung up", was_connected=True), id="a break before it"),
    pytest.param((OK, OK, "250 Ok"), NotSent("the server hung up", was_connected=True), id="no go-ahead"),
]


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize(("answers", "expected"), ENDINGS)
async def test_every_combination_of_answers_has_one_meaning(
    answers: tuple[str, ...], expected: Outcome, in_pieces: bool
) -> None:
    script = Script(*answers, in_pieces=in_pieces)
    async with session_with(script) as session:
        outcome = await hand_over(session)
    if isinstance(expected, NotSent) and expected.reason == "the server hung up":
        assert isinstance(outcome, NotSent)
        assert outcome.was_connected
    else:
        assert outcome == expected


@pytest.mark.parametrize(("answers", "expected"), ENDINGS[:1] + ENDINGS[5:8] + ENDINGS[11:14])
async def test_it_means_the_same_to_a_server_that_wants_one_at_a_time(
    answers: tuple[str, ...], expected: Outcome
) -> None:
    async with session_with(Script(*answers, pipelining=False)) as session:
        assert await hand_over(session) == expected


async def test_without_pipelining_nothing_follows_a_refusal() -> None:
    script = Script(OK, "550 No", pipelining=False)
    async with session_with(script) as session:
        assert await hand_over(session) == Refused("550 No")
    assert script.commands() == [b"MAIL", b"RCPT", b"RSET"]


async def test_content_that_nobody_is_to_get_is_ended_at_once() -> None:
    script = Script(OK, "550 No", GO_AHEAD, "554 No valid recipients")
    async with session_with(script) as session:
        await hand_over(session)
        assert script.commands() == [b"MAIL", b"RCPT", b"DATA", b".", b"RSET"]
        assert script.connections == 1


async def test_a_goodbye_between_two_messages_is_heard() -> None:
    script = Script(OK, OK, GO_AHEAD, STORED + "\r\n421 4.4.2 Timeout")
    async with session_with(script) as session:
        assert await hand_over(session) == QUEUED
        assert await hand_over(session) == QUEUED
    assert script.connections == 2


async def test_an_endless_reply_ends_the_conversation() -> None:
    script = Script(OK, OK, GO_AHEAD, "250-" + "x" * 100_000)
    async with session_with(script) as session:
        assert isinstance(await hand_over(session), InDoubt)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b".a\r\n..b\r\n.\r\n", [b"..a", b"...b", b".."]),
        (b"lone\rbreaks\nhere", [b"lone", b"breaks", b"here"]),
        (b"", [b""]),
    ],
)
async def test_no_content_can_end_itself(content: bytes, expected: list[bytes]) -> None:
    script = Script(OK, OK, GO_AHEAD, STORED)
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taps = asyncio.StreamReader()
        task = asyncio.create_task(script.serve(taps, writer))
        while data := await reader.read(65536):
            seen.append(data)
            taps.feed_data(data)
        taps.feed_eof()
        await task

    port = free_port()
    async with await asyncio.start_server(serve, "127.0.0.1", port):
        session = Session(Gate(port=port))
        assert await session.hand_over("t@bounce.acme.test", "bob@else.test", content) == QUEUED
        session.close()
    _, _, wire = b"".join(seen).partition(b"DATA\r\n")
    assert wire == b"".join(line + b"\r\n" for line in expected) + b".\r\n"
