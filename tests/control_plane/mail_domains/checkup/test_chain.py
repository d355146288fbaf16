"""Looking at the certificate behind STARTTLS, on a real, if small, exchanger."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from control_plane.mail_domains.checkup.chain import ServedChain, StarttlsChains
from tests.control_plane.mail_domains.checkup.certificates import make_certificate

LOOPBACK = [ip_network("127.0.0.0/8")]
HOST = "mx.fleetpost.test"


@asynccontextmanager
async def exchanging(certificate: Path | None, greeting: bytes = b"220-mx\r\n220 mx\r\n") -> AsyncGenerator[int]:
    """Speak SMTP up to STARTTLS; gives the port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        async for line in reader:
            if line.startswith(b"EHLO"):
                writer.write(b"250-mx\r\n250 STARTTLS\r\n")
            elif certificate is None:
                writer.write(b"502 no\r\n")
            else:
                writer.write(b"220 go\r\n")
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(certificate)
                await writer.start_tls(context)
                break
        await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_the_certificate_is_the_one_that_is_shown(tmp_path: Path) -> None:
    path = make_certificate(tmp_path, HOST)
    async with exchanging(path) as port:
        chain = await StarttlsChains(LOOPBACK, port=port).fetch(HOST, "127.0.0.1")
    shown = ssl.PEM_cert_to_DER_cert(path.read_text().partition("-----BEGIN PRIVATE")[0])
    assert chain == ServedChain(certificates=(shown,))


async def test_an_exchanger_without_encryption_shows_none() -> None:
    async with exchanging(None) as port:
        chain = await StarttlsChains(LOOPBACK, port=port).fetch(HOST, "127.0.0.1")
    assert chain.problem == "it offers no encryption"


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"220-" + b"x" * 9000, b"220-x\r\n" * 200])
async def test_an_odd_exchanger_is_given_up(greeting: bytes) -> None:
    async with exchanging(None, greeting) as port:
        chain = await StarttlsChains(LOOPBACK, port=port).fetch(HOST, "127.0.0.1")
    assert (chain.certificates, bool(chain.problem)) == ((), True)


async def test_nobody_is_asked_in_private_networks() -> None:
    chain = await StarttlsChains([]).fetch(HOST, "127.0.0.1")
    assert chain.problem == "its address is not on the public internet"


async def test_all_domains_share_one_look(tmp_path: Path) -> None:
    async with exchanging(make_certificate(tmp_path, HOST)) as port:
        chains = StarttlsChains(LOOPBACK, port=port)
        first = await chains.fetch(HOST, "127.0.0.1")
    assert await chains.fetch(HOST, "127.0.0.1") is first  # the exchanger is gone by now
