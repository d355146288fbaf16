"""A real authority that finds us at port 80, and means that look where it looks."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

import httpx
import msgspec
import pytest

from control_plane.certificates.prober import OutsideProber, Seen
from control_plane.certificates.service import Means
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.dns_zone import jobs as dns_zone
from control_plane.mail_domains.resolver import DnsResolver, Resolver
from control_plane.settings import AcmeSettings
from tests.conftest import Tenant
from tests.control_plane.certificates.pebble import Pebble
from tests.control_plane.certificates.world_dns import WorldDns
from tests.ports import free_port

_REQUEST = re.compile(rb"GET (\S+) HTTP/1\.[01]\r\n")

PutInZone = Callable[[], Awaitable[None]]
Served = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[WorldDns]:
    """DNS."""
    server = WorldDns(tmp_path_factory.mktemp("dns"), free_port(), free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def pebble(tmp_path_factory: pytest.TempPathFactory, world: WorldDns) -> Generator[Pebble]:
    """An authority."""
    with Pebble(tmp_path_factory.mktemp("pebble"), free_port(), world.port) as running:
        yield running


@pytest.fixture
async def port_80(pebble: Pebble, client: httpx.AsyncClient) -> AsyncGenerator[int]:
    """What the authority takes for port 80 of every host: the application."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = _REQUEST.match(await reader.readuntil(b"\r\n\r\n"))
        assert asked is not None
        given = await client.get(asked[1].decode())
        head = f"HTTP/1.1 {given.status_code} X\r\nContent-Length: {len(given.content)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + given.content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", pebble.http_port)
    yield pebble.http_port
    server.close()


class ToPort80(httpx.AsyncHTTPTransport):
    """Takes every host for this machine, as the authority's DNS does."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return await super().handle_async_request(request)


class ZoneProber(OutsideProber):
    """Has what our zone is to hold written, as a worker would, then looks."""

    def __init__(self, client: httpx.AsyncClient, resolver: Resolver, put_in_zone: PutInZone) -> None:
        super().__init__(client, resolver)
        self._put_in_zone = put_in_zone

    async def in_dns(self, host: str, value: str) -> Seen:
        await self._put_in_zone()
        return await super().in_dns(host, value)


@pytest.fixture
async def means(pebble: Pebble, world: WorldDns, port_80: int, db: Database, runtime: Runtime) -> AsyncGenerator[Means]:
    """What certificates are worked on with: real but for the ports."""
    acme = AcmeSettings(directories=(pebble.directory,), contact="", eab=(), ca_file=pebble.ca_file, own_names=False)
    settings = msgspec.structs.replace(runtime.settings, acme=acme, zone=world.zone)
    own = msgspec.structs.replace(runtime, settings=settings)
    resolver = DnsResolver([f"127.0.0.1@{world.port}"])

    async def put_in_zone() -> None:
        await dns_zone.write(own)

    async with httpx.AsyncClient(transport=ToPort80(port_80)) as client:
        yield Means(own, resolver, ZoneProber(client, resolver, put_in_zone))
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from zone_records")
        await tx.connection.execute("delete from zone_changes")


@pytest.fixture
def serve(db: Database) -> Served:
    """Let names below a domain point to us: `await serve(tenant, domain, "mail", "mta-sts")`."""
    purposes = {"mail": "mail_host", "mta-sts": "mta_sts_host"}

    async def point(owner: Tenant, domain: str, *labels: str) -> None:
        found = [
            {"type": "CNAME", "host": f"{label}.{domain}", "value": "x", "purpose": purposes.get(label, label)}
            for label in labels
        ]
        names = [str(each["purpose"]) for each in found]
        with acting_for(owner.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute(
                    "update mail_domains set findings = $2::jsonb, served = $3 where name = $1",
                    domain,
                    msgspec.json.encode(found).decode(),
                    names,
                )

    return point
