"""Fetching an MTA-STS policy from a real, if small, web server."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from control_plane.core import http
from control_plane.mail_domains.checkup.policy import HttpsPolicies, PolicyAnswer
from tests.control_plane.mail_domains.checkup.certificates import make_certificate

LOOPBACK = [ip_network("127.0.0.0/8")]
TEXT = b"version: STSv1\nmode: enforce\nmx: mx.fleetpost.test\nmax_age: 604800\n"


def answer(body: bytes = TEXT, status: str = "200 OK", *headers: str, kind: str = "text/plain") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}", "connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@pytest.fixture(autouse=True)
def names_lead_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve every name to this machine, as DNS would if the customer said so."""

    async def here(host: str) -> list[http.Address]:
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(http, "_resolve", here)


@asynccontextmanager
async def serving(reply: bytes, directory: Path, name: str = "mta-sts.acme.test") -> AsyncGenerator[HttpsPolicies]:
    """Serve one answer under a certificate for a name; gives what fetches from there."""
    certificate = make_certificate(directory, name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    trust = ssl.create_default_context(cafile=certificate)
    yield HttpsPolicies(LOOPBACK, trust, port=server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()


async def test_a_policy_is_fetched_as_senders_fetch_it(tmp_path: Path) -> None:
    async with serving(answer(), tmp_path) as policies:
        assert await policies.fetch("acme.test") == PolicyAnswer(text=TEXT.decode())


@pytest.mark.parametrize(
    ("reply", "flaw"),
    [
        pytest.param(answer(status="404 Not Found"), "404", id="not there"),
        pytest.param(answer(b"", "301 Moved", "location: https://other.test/"), "no redirects", id="elsewhere"),
        pytest.param(answer(kind="text/html"), "text/plain", id="a page"),
        pytest.param(answer(b"x" * 70_000), "64 KB", id="endless"),
    ],
)
async def test_what_senders_would_refuse_is_a_flaw(tmp_path: Path, reply: bytes, flaw: str) -> None:
    async with serving(reply, tmp_path) as policies:
        assert flaw in (await policies.fetch("acme.test")).flaw


async def test_a_certificate_for_another_name_is_a_flaw(tmp_path: Path) -> None:
    async with serving(answer(), tmp_path, "www.acme.test") as policies:
        assert "certificate" in (await policies.fetch("acme.test")).flaw


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 ", b"nonsense\r\n\r\n", answer(status="503 Busy")])
async def test_a_server_that_fails_just_now_is_no_flaw(tmp_path: Path, reply: bytes) -> None:
    async with serving(reply, tmp_path) as policies:
        found = await policies.fetch("acme.test")
        assert (bool(found.problem), found.flaw) == (True, "")


async def test_private_networks_are_not_entered() -> None:
    found = await HttpsPolicies([], port=1).fetch("acme.test")
    assert found.problem == "ForbiddenAddress"
