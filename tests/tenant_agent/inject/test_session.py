"""How one message can end, told by a server that misbehaves in every way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Served

from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused
from tenant_agent.inject.session import Gate, Session
from tests.ports import free_port

TOKEN = "06ftokentokentokentoken001"


class Server:
    """Answers RCPT and DATA as told, or hangs up."""

    def __init__(self, *, rcpt: str = "250 2.1.5 Ok", data: str = "250 2.0.0 Ok: queued as 4jX5lx4zN7zCXkw") -> None:
        self.rcpt = rcpt
        self.data = data
        self.options: list[str] = []
        self.mail_options: list[str] = []
        self.connections = 0
        self.contents: list[bytes | str | None] = []

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Served, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Served, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mail_options = options
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Served, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.options = options
        envelope.rcpt_tos.append(address)
        return await _answer(server, self.rcpt)

    async def handle_DATA(self, server: SMTP, session: Served, envelope: Envelope) -> str:  # noqa: N802
        self.contents.append(envelope.content)
        return await _answer(server, self.data)


class Postfixlike(SMTP):
    """Accepts NOTIFY, which aiosmtpd does not know."""

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        await super().smtp_RCPT(arg.removesuffix(" NOTIFY=NEVER"))


async def _answer(server: SMTP, reply: str) -> str:
    if reply == "nothing":
        await asyncio.Event().wait()
    if reply == "hang up":
        assert isinstance(server.transport, asyncio.WriteTransport)
        server.transport.abort()
    return reply


@asynccontextmanager
async def listening(handler: Server, *, takes_utf8: bool = True) -> AsyncIterator[Gate]:
    port = free_port()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Postfixlike(handler, hostname="n1.test", enable_SMTPUTF8=takes_utf8), "127.0.0.1", port
    )
    async with server:
        yield Gate(port=port)


async def hand_over(session: Session) -> Outcome:
    return await session.hand_over(f"{TOKEN}@bounce.acme.test", "bob@else.test", b"Subject: Hello\r\n\r\n.dot\r\n")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (Server(), Queued("4jX5lx4zN7zCXkw")),
        (Server(rcpt="451 4.7.1 Wait"), PutOff("451 4.7.1 Wait")),
        (Server(rcpt="550 5.1.3 No"), Refused("550 5.1.3 No")),
        (Server(rcpt="421 4.3.2 Shutting down"), NotSent("421 4.3.2 Shutting down", was_connected=True)),
        (Server(data="451 4.7.1 The signer is away"), PutOff("451 4.7.1 The signer is away")),
        (Server(data="552 5.3.4 Too big"), Refused("552 5.3.4 Too big")),
        (Server(data="250 2.0.0 Whatever"), InDoubt("2.0.0 Whatever")),
    ],
)
async def test_an_answer_decides(server: Server, expected: Outcome) -> None:
    async with listening(server) as gate:
        session = Session(gate)
        assert await hand_over(session) == expected
        session.close()


async def test_a_connection_that_breaks_before_the_message_leaves_no_doubt() -> None:
    async with listening(Server(rcpt="hang up")) as gate:
        outcome = await hand_over(Session(gate))
    assert isinstance(outcome, NotSent)
    assert outcome.was_connected


async def test_a_connection_that_breaks_after_the_message_leaves_doubt() -> None:
    async with listening(Server(data="hang up")) as gate:
        assert isinstance(await hand_over(Session(gate)), InDoubt)


@pytest.mark.parametrize(("server", "expected"), [(Server(rcpt="nothing"), NotSent), (Server(data="nothing"), InDoubt)])
async def test_a_server_that_gives_no_answer_is_not_waited_for_for_ever(server: Server, expected: type) -> None:
    async with listening(server) as gate:
        session = Session(gate, patience_seconds=0.5)
        assert isinstance(await hand_over(session), expected)
        server.rcpt, server.data = "250 2.1.5 Ok", "250 2.0.0 Ok: queued as 4jX5lx4zN7zCXkw"
        assert isinstance(await hand_over(session), Queued)
        session.close()
    assert server.connections == 2


async def test_a_session_lasts_for_longer_than_an_answer_may_take() -> None:
    server, loop = Server(), asyncio.get_running_loop()
    async with listening(server) as gate:
        session = Session(gate, patience_seconds=0.5)
        until = loop.time() + 1.2
        while loop.time() < until:
            assert isinstance(await hand_over(session), Queued)
        session.close()
    assert server.connections == 1


async def test_nobody_listening_is_not_the_messages_fault() -> None:
    outcome = await hand_over(Session(Gate(port=free_port())))
    assert isinstance(outcome, NotSent)
    assert not outcome.was_connected


async def test_a_session_goes_on_after_refusals_and_begins_again_after_a_break() -> None:
    server = Server()
    async with listening(server) as gate:
        session = Session(gate)
        await hand_over(session)
        server.rcpt = "550 5.1.3 No"
        await hand_over(session)
        server.rcpt = "250 2.1.5 Ok"
        assert isinstance(await hand_over(session), Queued)
        assert server.connections == 1
        server.data = "hang up"
        await hand_over(session)
        server.data = "250 2.0.0 Ok: queued as 4jX5lx4zN7zCXkw"
        assert isinstance(await hand_over(session), Queued)
        assert server.connections == 2
        session.close()


async def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    server = Server()
    async with listening(server) as gate:
        session = Session(gate)
        await hand_over(session)
        session.close()
    assert server.contents == [b"Subject: Hello\r\n\r\n.dot\r\n"]


ASCII = b"Subject: Hello\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    ("recipient", "message", "announced"),
    [
        ("bob@else.test", ASCII, []),
        ("grüße@else.test", ASCII, ["BODY=8BITMIME", "SMTPUTF8"]),
        ("bob@else.test", "To: grüße@else.test\r\n\r\nHello\r\n".encode(), ["BODY=8BITMIME", "SMTPUTF8"]),
        ("bob@else.test", "Subject: Hello\r\n\r\nGrüße\r\n".encode(), ["BODY=8BITMIME"]),
    ],
)
async def test_what_is_not_ascii_is_announced(recipient: str, message: bytes, announced: list[str]) -> None:
    server = Server()
    async with listening(server) as gate:
        session = Session(gate)
        outcome = await session.hand_over(f"{TOKEN}@bounce.acme.test", recipient, message)
        session.close()
    assert isinstance(outcome, Queued)
    assert sorted(server.mail_options) == announced


async def test_where_addresses_are_ascii_only_no_other_is_tried() -> None:
    server = Server()
    async with listening(server, takes_utf8=False) as gate:
        session = Session(gate)
        refused = await session.hand_over(f"{TOKEN}@bounce.acme.test", "grüße@else.test", ASCII)
        assert isinstance(refused, Refused)
        assert "5.6.7" in refused.reply
        assert isinstance(await hand_over(session), Queued)
        session.close()
    assert server.connections == 1
