"""A name that leads elsewhere the second time: asked of a real DNS server, connected to real listeners."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import dns.asyncresolver
import dns.nameserver
import httpx
import pytest

from control_plane.core.http import ForbiddenAddress, walled_client
from tests.control_plane.mail_domains.small_dns import serving

OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"
"""The first stands for the public internet; the second must not be reached."""
NAME = "rebinding.test."


class Rebinding(dict[tuple[str, str], list[str]]):
    """A zone in which a name leads outside when it is first asked for, and inside from then on."""

    def __init__(self) -> None:
        super().__init__({(NAME, "A"): [OUTSIDE]})
        self.asked = 0

    def get(self, key: tuple[str, str], default: object = None) -> list[str] | None:  # type: ignore[override]
        """Answer, and answer otherwise the next time."""
        if key != (NAME, "A"):
            return None
        self.asked += 1
        return [OUTSIDE if self.asked == 1 else INSIDE]


class Listener:
    """A server that notes who came, and under which name."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.hosts += [line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("host:")]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncGenerator[tuple[int, Listener, Listener]]:
    """Listen at both addresses on one port."""
    outside, inside = Listener(), Listener()
    first = await asyncio.start_server(outside.serve, OUTSIDE, 0)
    port: int = first.sockets[0].getsockname()[1]
    second = await asyncio.start_server(inside.serve, INSIDE, port)
    async with first, second:
        yield port, outside, inside


@pytest.fixture
async def zone(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Rebinding]:
    """A DNS server for this process, which does what an attacker's would."""
    made = Rebinding()
    async with serving(made) as server:
        address, _, port = server.partition("@")
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, int(port))]
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
        yield made


async def test_the_connection_goes_to_the_address_that_was_checked(zone: Rebinding) -> None:
    async with listening() as (port, outside, inside), walled_client([ip_network(f"{OUTSIDE}/32")]) as client:
        url = f"http://{NAME.rstrip('.')}:{port}/hooks"
        assert (await client.post(url)).status_code == 200
        assert zone.asked == 1, "it was looked up again after the check"
        assert outside.hosts == [f"rebinding.test:{port}"]
        with pytest.raises(ForbiddenAddress):
            await client.post(url)
        assert inside.hosts == []


async def test_a_redirect_to_it_is_not_followed(zone: Rebinding) -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 307 X\r\nLocation: http://{INSIDE}:{port}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        writer.close()

    async with listening() as (port, _, inside):
        server = await asyncio.start_server(redirect, OUTSIDE, 0)
        redirecting = server.sockets[0].getsockname()[1]
        async with server, walled_client([ip_network(f"{OUTSIDE}/32")]) as client:
            answer = await client.post(f"http://{OUTSIDE}:{redirecting}/")
    assert answer.status_code == httpx.codes.TEMPORARY_REDIRECT
    assert inside.hosts == []
    assert zone.asked == 0
