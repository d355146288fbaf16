"""What a real HAProxy does with requests: what the application is told, who is cut off, who stays."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from typing import cast

import msgspec
import pytest
from litestar.types import Scope

from control_plane.core.origin import client_address
from control_plane.front.keeper import Keeper
from control_plane.front.options import Patience
from control_plane.front.process import rights
from tests.control_plane.front.conftest import HOST, Front
from tests.control_plane.front.pki import NOW

IMPATIENT = Patience(connect=1, request=1, client=1, server=2, keep_alive=1, tunnel=60)


def request(path: str = "/", *lines: str, host: str = HOST) -> str:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines, "", ""])


def told(answer: str) -> tuple[str, list[tuple[str, str]]]:
    """Give what the application was asked: the request line and its headers."""
    heard = json.loads(answer.partition("\r\n\r\n")[2])
    return heard["request"], [(name, value) for name, value in heard["headers"]]


@pytest.fixture
async def impatient(front: Front) -> AsyncGenerator[Front]:
    """The same front, that waits for nobody."""
    await front.keeper.haproxy.stop()
    options = msgspec.structs.replace(front.options, patience=IMPATIENT, per_address=3)
    keeper = Keeper(options, front.layout, rights(options))
    await keeper.start(HOST, NOW)
    yield msgspec.structs.replace(front, options=options, keeper=keeper)
    await keeper.haproxy.stop()


async def test_what_a_client_says_of_its_own_address_reaches_nobody(front: Front) -> None:
    lies = ("X-Forwarded-For: 9.9.9.9", "x-forwarded-for: 8.8.8.8", "Forwarded: for=9.9.9.9", "X-Real-IP: 9.9.9.9")
    _, headers = told(await front.ask(request("/", *lies, "X-Forwarded-Host: evil.test", "X-Forwarded-Proto: x")))
    forwarded = [(name, value) for name, value in headers if "forward" in name or "real-ip" in name]
    assert forwarded == [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")]


async def test_the_application_believes_the_address_that_the_front_gives(front: Front) -> None:
    _, headers = told(await front.ask(request("/", "X-Forwarded-For: 9.9.9.9")))
    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = cast("Scope", {"type": "http", "client": ("127.0.0.1", 1), "headers": raw})
    assert client_address(scope) == "127.0.0.1"


async def test_the_host_is_passed_on_as_it_came(front: Front) -> None:
    _, headers = told(await front.ask(request(host="Portal.Agency.Test:8443")))
    assert ("host", "Portal.Agency.Test:8443") in headers


@pytest.mark.parametrize("lines", [(), ("Host: a.test", "Host: b.test")])
async def test_a_request_for_no_host_or_for_two_is_refused(front: Front, lines: tuple[str, ...]) -> None:
    raw = "\r\n".join(["GET / HTTP/1.1", *lines, "Connection: close", "", ""])
    assert (await front.ask(raw)).startswith("HTTP/1.1 400")


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", "308", "https://a.test/"),
        ("/domains?x=1", "308", "https://a.test/domains?x=1"),
        ("/Autodiscover/Autodiscover.xml", "302", "https://a.test/Autodiscover/Autodiscover.xml"),
        ("/.well-known/mta-sts.txt", "308", "https://a.test/.well-known/mta-sts.txt"),
        ("/.well-known/acme-challenge/token", "200", ""),
        ("/mail/config-v1.1.xml?emailaddress=ann@a.test", "200", ""),
        ("/.well-known/autoconfig/mail/config-v1.1.xml", "200", ""),
    ],
)
async def test_plain_http_is_for_challenges_and_mail_programs_and_else_leads_to_https(
    front: Front, path: str, status: str, location: str
) -> None:
    answer = await front.ask(request(path, host="a.test:80"), tls=False)
    assert answer.startswith(f"HTTP/1.1 {status}")
    assert not location or f"location: {location}\r\n" in answer
    if status == "200":
        assert ("x-forwarded-proto", "http") in told(answer)[1]


async def test_outlooks_spellings_are_one(front: Front) -> None:
    line, _ = told(await front.ask(request("/AutoDiscover/AUTODISCOVER.xml?Email=Ann@A.test")))
    assert line == "GET /autodiscover/autodiscover.xml?Email=Ann@A.test HTTP/1.1"


async def test_clients_may_speak_http_2(front: Front) -> None:
    async with front.connected(HOST, "h2", "http/1.1") as (_, writer):
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"


async def test_who_dribbles_a_request_is_cut_off(impatient: Front) -> None:
    async with impatient.connected(HOST) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: ")
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"HTTP/1.1 408")


async def test_who_dribbles_a_body_is_cut_off_before_the_application_hears_of_it(impatient: Front) -> None:
    async with impatient.connected(HOST) as (reader, writer):
        writer.write(f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nx".encode())
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"HTTP/1.1 408")


async def test_an_answer_that_goes_on_outlives_the_patience_for_clients(impatient: Front) -> None:
    """Server-sent events: the client says nothing for hours."""
    async with impatient.connected(HOST) as (reader, writer):
        writer.write(request("/events").encode())
        async with asyncio.timeout(10):
            parts = await reader.read()
    assert parts.count(b": still here") == 6
    assert parts.endswith(b"ended\n")


async def test_one_address_holds_so_many_connections_and_no_more(impatient: Front) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    held = [
        await asyncio.open_connection("127.0.0.1", impatient.https, ssl=context, local_addr=("127.0.0.2", 0))
        for _ in range(3)
    ]
    with pytest.raises((ConnectionError, ssl.SSLError)):
        await asyncio.open_connection("127.0.0.1", impatient.https, ssl=context, local_addr=("127.0.0.2", 0))
    _, other = await asyncio.open_connection("127.0.0.1", impatient.https, ssl=context, local_addr=("127.0.0.3", 0))
    for _, writer in (*held, (None, other)):
        writer.close()


async def test_an_application_that_is_away_is_said_to_be(front: Front) -> None:
    front.upstream.close()
    assert (await front.ask(request())).startswith("HTTP/1.1 503")
