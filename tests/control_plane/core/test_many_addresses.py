"""A name with several addresses, of which some lead nowhere from here: asked of a real DNS server, real listeners."""

import asyncio
import random
from collections.abc import AsyncGenerator
from ipaddress import ip_network

import dns.asyncresolver
import dns.nameserver
import httpx
import pytest

from control_plane.core.http import REPEATABLE, ForbiddenAddress, walled_client
from tests.control_plane.core.talking_server import TalkingServer, talking
from tests.control_plane.mail_domains.small_dns import serving

HERE, ALSO_HERE, NOBODY = "127.0.0.1", "127.0.0.2", "127.0.0.3"
ALLOWED = [ip_network("127.0.0.0/29"), ip_network("::1/128")]
NAME = "many.test."


class Zone(dict[tuple[str, str], list[str]]):
    """One name; counts how often it is asked for."""

    asked = 0

    def get(self, key: tuple[str, str], default: object = None) -> list[str] | None:  # type: ignore[override]
        self.asked += key[1] == "A"
        return super().get(key)


@pytest.fixture
async def zone(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Zone]:
    made = Zone()
    monkeypatch.setattr(random, "shuffle", lambda _: None)  # addresses come in the order of the zone
    async with serving(made) as server:
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(HERE, int(server.partition("@")[2]))]
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
        yield made


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with walled_client(ALLOWED) as made:
        yield made


async def call(client: httpx.AsyncClient, port: int, *, repeatable: bool = True) -> str:
    url = f"http://many.test:{port}/"
    return (await client.post(url, content=b"{}", extensions={REPEATABLE: repeatable})).text


@pytest.mark.parametrize("repeatable", [False, True])
async def test_one_with_ipv6_is_reached_from_where_there_is_none(
    zone: Zone, client: httpx.AsyncClient, repeatable: bool
) -> None:
    zone.update({(NAME, "AAAA"): ["::1"], (NAME, "A"): [HERE]})
    async with talking() as server:
        assert await call(client, server.port, repeatable=repeatable) == "1.1"


@pytest.mark.parametrize("repeatable", [False, True])
async def test_the_next_is_tried_where_nobody_listens_and_what_is_sent_arrives_once(
    zone: Zone, client: httpx.AsyncClient, repeatable: bool
) -> None:
    zone[NAME, "A"] = [NOBODY, HERE]
    async with talking() as server:
        assert await call(client, server.port, repeatable=repeatable) == "1.1"
        assert len(server.requests) == 1


async def test_the_one_that_was_connected_to_is_remembered(zone: Zone, client: httpx.AsyncClient) -> None:
    zone[NAME, "A"] = [NOBODY, HERE]
    async with talking() as server:
        assert [await call(client, server.port) for _ in range(2)] == ["1.1", "1.2"]
        assert zone.asked == 1


async def test_when_that_one_is_gone_another_is_found_at_once(zone: Zone, client: httpx.AsyncClient) -> None:
    zone[NAME, "A"] = [HERE, ALSO_HERE]
    async with talking() as server:
        assert await call(client, server.port) == "1.1"
        port = server.port
        await server.hang_up()
    other = TalkingServer()
    listening = await asyncio.start_server(other.serve, ALSO_HERE, port)
    async with listening:
        assert await call(client, port) == "1.1"
        assert zone.asked == 2
        await other.hang_up()


async def test_none_is_tried_if_one_of_them_is_forbidden(zone: Zone, client: httpx.AsyncClient) -> None:
    zone[NAME, "A"] = [NOBODY, HERE, "10.0.0.1"]
    async with talking() as server:
        with pytest.raises(ForbiddenAddress):
            await call(client, server.port)
        assert server.connections == 0


async def test_a_forbidden_one_counts_though_it_would_not_be_tried(zone: Zone, client: httpx.AsyncClient) -> None:
    zone[NAME, "A"] = [*(f"127.0.0.{number}" for number in range(1, 7)), "10.0.0.1"]
    with pytest.raises(ForbiddenAddress):
        await call(client, 1)


async def test_who_was_reached_and_hangs_up_is_asked_at_no_other_address(zone: Zone, client: httpx.AsyncClient) -> None:
    async def hang_up(writer: asyncio.StreamWriter, connection: int, request: int) -> bool:
        return False

    zone[NAME, "A"] = [HERE, ALSO_HERE]
    async with talking(hang_up) as server:
        other = TalkingServer()
        listening = await asyncio.start_server(other.serve, ALSO_HERE, server.port)
        async with listening:
            with pytest.raises(httpx.RemoteProtocolError):
                await call(client, server.port)
            assert (len(server.requests), other.connections) == (1, 0)
