"""Port 80 of a node, asked by CAs, browsers and worse."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tenant_agent import challenges
from tenant_agent.challenges import ChallengeServer, answer
from tests.ports import free_port
from tests.tenant_agent.real_postfix import eventually

TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
ANSWER = f"{TOKEN}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
PATH = f"/.well-known/acme-challenge/{TOKEN}"
HOSTS = {"mail.acme.test"}


def decided(target: str, host: str = "mail.acme.test", method: str = "GET") -> tuple[int, str]:
    said = answer(method, target, host, {TOKEN: ANSWER}, HOSTS)
    return said.status.value, said.location or said.body


@pytest.mark.parametrize("host", ["mail.acme.test", "unknown.test", "", "[2001:db8::1]:80"])
def test_a_token_is_answered_whatever_the_host(host: str) -> None:
    assert decided(PATH, host) == (200, ANSWER)
    assert decided(PATH + "?x=1", host) == (200, ANSWER)


@pytest.mark.parametrize("target", ["/.well-known/acme-challenge/", PATH + "x", PATH + "/", f"{PATH}/../x"])
def test_another_token_is_not_found_and_leads_nowhere(target: str) -> None:
    assert decided(target)[0] == 404


@pytest.mark.parametrize(
    ("target", "host", "location"),
    [
        ("/", "mail.acme.test", "https://mail.acme.test/"),
        ("/a?b=c", "MAIL.acme.test:80", "https://mail.acme.test/a?b=c"),
        ("/", "mail.acme.test.", "https://mail.acme.test/"),
        ("//evil.test", "mail.acme.test", "https://mail.acme.test//evil.test"),
    ],
)
def test_a_host_with_a_certificate_is_sent_on_to_https(target: str, host: str, location: str) -> None:
    assert decided(target, host) == (308, location)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("/", "evil.test"),
        ("/", ""),
        ("/", "mail.acme.test@evil.test"),
        ("/", "mail.acme.test/evil"),
        ("http://evil.test/", "mail.acme.test"),
        ("*", "mail.acme.test"),
    ],
)
def test_nobody_is_sent_elsewhere(target: str, host: str) -> None:
    assert decided(target, host)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT"])
def test_nothing_can_be_changed(method: str) -> None:
    assert decided(PATH, method=method)[0] == 405


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """Serve on a port of its own."""
    port = free_port()
    server = ChallengeServer({TOKEN: ANSWER}, HOSTS, port)
    running = asyncio.create_task(server.run())
    server.listen_on("127.0.0.1")
    try:
        yield port
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(5):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)  # it is about to listen


async def said(port: int, request: bytes) -> bytes:
    reader, writer = await connected(port)
    try:
        writer.write(request)
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: mail.acme.test\r\n\r\n".encode()


async def test_a_ca_gets_its_answer_and_the_connection_ends() -> None:
    async with serving() as port:
        head, _, body = (await said(port, get(PATH))).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert body == ANSWER.encode()
        assert (await said(port, get(PATH, "HEAD"))).endswith(b"\r\n\r\n")
        assert b"Location: https://mail.acme.test/inbox\r\n" in await said(port, get("/inbox"))


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\r\nX: y HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    ],
)
async def test_what_is_no_request_harms_nobody(request_: bytes) -> None:
    async with serving() as port:
        refused = await said(port, request_)
        assert refused == b"" or refused.startswith(b"HTTP/1.1 4")
        assert ANSWER.encode() in await said(port, get(PATH))


async def test_whoever_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenges, "_SECONDS", 0.05)
    async with serving() as port:
        assert await said(port, b"GET / HT") == b""


async def test_one_address_does_not_take_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenges, "_CONNECTIONS_PER_ADDRESS", 2)
    async with serving() as port:
        first, second = await connected(port), await connected(port)
        assert await said(port, get(PATH)) == b""
        for _, writer in (first, second):
            writer.close()
        async with asyncio.timeout(5):
            while ANSWER.encode() not in await said(port, get(PATH)):  # noqa: ASYNC110 (the server notices later)
                await asyncio.sleep(0)


async def test_it_moves_with_the_nodes_address_and_survives_one_that_is_not_there() -> None:
    port = free_port()
    server = ChallengeServer({TOKEN: ANSWER}, HOSTS, port)
    running = asyncio.create_task(server.run())
    server.listen_on("192.0.2.1")
    await asyncio.sleep(0)
    server.listen_on("127.0.0.1")
    assert ANSWER.encode() in await said(port, get(PATH))
    server.listen_on(None)

    def is_closed() -> bool:
        return not running.done() and not _listens(port)

    await eventually(is_closed)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def _listens(port: int) -> bool:

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
