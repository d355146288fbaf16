"""Connections that are kept: shared by who may share them, dropped without anybody's loss."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path

import dns.asyncresolver
import dns.nameserver
import httpx
import pytest

from control_plane.core.http import REPEATABLE, ForbiddenAddress, read_some, walled_client
from control_plane.core.kept_connections import KeptConnections
from control_plane.core.lines import Place
from tests.control_plane.core.talking_server import TalkingServer, reply, talking, well
from tests.control_plane.mail_domains.checkup.certificates import make_certificate
from tests.control_plane.mail_domains.small_dns import serving

OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"
"""The first stands for the public internet; the second must not be reached."""
ALLOWED = [ip_network(f"{OUTSIDE}/32")]


class Zone(dict[tuple[str, str], list[str]]):
    """Names that a test moves; counts how often one is asked for."""

    def __init__(self) -> None:
        super().__init__({("one.test.", "A"): [OUTSIDE], ("two.test.", "A"): [OUTSIDE]})
        self.asked = 0

    def get(self, key: tuple[str, str], default: object = None) -> list[str] | None:  # type: ignore[override]
        self.asked += key[1] == "A"
        return super().get(key)


class Seconds:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def zone(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Zone]:
    made = Zone()
    async with serving(made) as server:
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(OUTSIDE, int(server.partition("@")[2]))]
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
        yield made


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def client(zone: Zone, seconds: Seconds) -> AsyncGenerator[httpx.AsyncClient]:
    async with walled_client(ALLOWED, monotonic=seconds) as made:
        yield made


async def call(client: httpx.AsyncClient, server: TalkingServer, name: str = "one.test") -> str:
    """Send what may arrive twice; gives the answer."""
    url = f"http://{name}:{server.port}/"
    return (await client.post(url, content=b"{}", extensions={REPEATABLE: True})).text


async def test_two_calls_make_one_connection_and_one_look_up(client: httpx.AsyncClient, zone: Zone) -> None:
    async with talking() as server:
        assert [await call(client, server), await call(client, server)] == ["1.1", "1.2"]
        assert zone.asked == 1


async def test_what_must_not_arrive_twice_has_a_connection_and_a_look_up_of_its_own(
    client: httpx.AsyncClient, zone: Zone
) -> None:
    async with talking() as server:
        await call(client, server)
        for _ in range(2):
            await client.post(f"http://one.test:{server.port}/", content=b"{}")
        assert (server.connections, zone.asked) == (3, 3)


async def test_a_body_that_can_be_read_only_once_is_not_sent_over_a_kept_connection(client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{}"

    async with talking() as server:
        await call(client, server)
        headers = {"content-length": "2"}
        url = f"http://one.test:{server.port}/"
        await client.post(url, content=parts(), headers=headers, extensions={REPEATABLE: True})
        assert server.connections == 2


async def test_two_names_at_one_address_share_no_connection(zone: Zone, tmp_path: Path) -> None:
    asked_for: list[str] = []
    contexts = {}
    trust = ssl.create_default_context()
    for name in ("one.test", "two.test"):
        certificate = make_certificate(tmp_path, name)
        contexts[name] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        contexts[name].load_cert_chain(certificate)
        trust.load_verify_locations(certificate)

    def choose(connection: ssl.SSLObject, name: str, _: ssl.SSLContext) -> None:
        asked_for.append(name)
        connection.context = contexts[name]

    front = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    front.sni_callback = choose
    async with talking(context=front) as server, walled_client(ALLOWED, trust) as client:
        for name in ("one.test", "two.test", "one.test", "two.test"):
            await client.post(f"https://{name}:{server.port}/", extensions={REPEATABLE: True})
        assert asked_for == ["one.test", "two.test"]
        assert server.hosts == [f"{name}:{server.port}" for name in ("one.test", "two.test", "one.test", "two.test")]


async def test_a_name_without_tls_shares_no_connection_with_another(client: httpx.AsyncClient) -> None:
    async with talking() as server:
        assert [await call(client, server, name) for name in ("one.test", "two.test")] == ["1.1", "2.1"]


async def test_a_connection_that_was_closed_meanwhile_is_replaced(client: httpx.AsyncClient) -> None:
    async with talking() as server:
        await call(client, server)
        await server.hang_up()
        assert await call(client, server) == "2.1"
        assert len(server.requests) == 2


async def test_a_connection_that_is_closed_while_we_ask_is_replaced_once(client: httpx.AsyncClient) -> None:
    async def once(writer: asyncio.StreamWriter, connection: int, request: int) -> bool:
        if request == 1:
            await well(writer, connection, request)
        return request == 1

    async with talking(once) as server:
        assert [await call(client, server), await call(client, server)] == ["1.1", "2.1"]
        assert (server.connections, len(server.requests)) == (2, 3)


async def test_a_server_that_goes_on_hanging_up_is_asked_no_third_time(client: httpx.AsyncClient) -> None:
    async def the_very_first(writer: asyncio.StreamWriter, connection: int, request: int) -> bool:
        if (connection, request) != (1, 1):
            return False
        await well(writer, connection, request)
        return True

    async with talking(the_very_first) as server:
        await call(client, server)
        with pytest.raises(httpx.RemoteProtocolError):
            await call(client, server)
        assert (server.connections, len(server.requests)) == (2, 3)
        with pytest.raises(httpx.RemoteProtocolError):  # a new connection is none that could have died meanwhile
            await call(client, server)
        assert (server.connections, len(server.requests)) == (3, 4)


async def test_half_an_answer_is_an_answer(client: httpx.AsyncClient) -> None:
    async def half(writer: asyncio.StreamWriter, connection: int, request: int) -> bool:
        writer.write(reply() if request == 1 else reply()[:12])
        await writer.drain()
        return request == 1

    async with talking(half) as server:
        await call(client, server)
        with pytest.raises(httpx.RemoteProtocolError):
            await call(client, server)
        assert (server.connections, len(server.requests)) == (1, 2)


async def test_no_answer_in_time_is_not_repeated(client: httpx.AsyncClient) -> None:
    async def first(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        if request == 1:
            await well(writer, connection, request)

    client.timeout = httpx.Timeout(10, read=0.1)
    async with talking(first) as server:
        await call(client, server)
        with pytest.raises(httpx.ReadTimeout):
            await call(client, server)
        assert (server.connections, len(server.requests)) == (1, 2)


async def test_an_answer_that_was_not_read_to_its_end_ends_its_connection(client: httpx.AsyncClient) -> None:
    async def long(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        writer.write(reply(b"x" * 100_000))

    async with talking(long) as server:
        for _ in range(2):
            url = f"http://one.test:{server.port}/"
            async with client.stream("POST", url, extensions={REPEATABLE: True}) as answer:
                assert await read_some(answer, 500) == b"x" * 500
        assert server.connections == 2


async def test_an_answer_before_the_question_is_nobodys(client: httpx.AsyncClient) -> None:
    async def two(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        writer.write(reply(f"{connection}.{request}".encode()) + reply(b"forged"))

    async with talking(two) as server:
        assert [await call(client, server) for _ in range(3)] == ["1.1", "2.1", "3.1"]


@pytest.mark.parametrize("records", [1, 2])
async def test_nor_is_it_when_it_is_encrypted(zone: Zone, tmp_path: Path, records: int) -> None:
    async def two(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        answer, forged = reply(f"{connection}.{request}".encode()), reply(b"forged")
        for part in (answer, forged) if records == 2 else (answer + forged,):
            writer.write(part)

    certificate = make_certificate(tmp_path, "one.test")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=certificate)
    async with talking(two, context=context) as server, walled_client(ALLOWED, trust) as client:
        url = f"https://one.test:{server.port}/"
        answers = [await client.post(url, extensions={REPEATABLE: True}) for _ in range(3)]
        assert [answer.text for answer in answers] == ["1.1", "2.1", "3.1"]


async def test_what_comes_while_nobody_asks_ends_the_connection(client: httpx.AsyncClient) -> None:
    async with talking() as server:
        await call(client, server)
        server.writers[0].write(reply(b"forged"))
        await server.writers[0].drain()
        assert await call(client, server) == "2.1"


async def test_an_octet_too_many_is_no_failure(client: httpx.AsyncClient) -> None:
    async def with_a_line_end(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        writer.write(reply(f"{connection}.{request}".encode()) + b"\r\n")

    async with talking(with_a_line_end) as server:
        assert [await call(client, server) for _ in range(3)] == ["1.1", "2.1", "3.1"]


async def test_a_server_that_wants_no_connections_kept_gets_new_ones(client: httpx.AsyncClient) -> None:
    async def parting(writer: asyncio.StreamWriter, connection: int, request: int) -> bool:
        writer.write(reply(b"ok", "Connection: close"))
        await writer.drain()
        return False

    async with talking(parting) as server:
        assert [await call(client, server) for _ in range(2)] == ["ok", "ok"]
        assert (server.connections, len(server.requests)) == (2, 2)


async def test_an_idle_connection_is_closed_after_a_while(client: httpx.AsyncClient, seconds: Seconds) -> None:
    async with talking() as server, talking() as other:
        await call(client, server)
        seconds.now += 21
        await call(client, other)
        assert await server.closed.get() == 1
        assert await call(client, server) == "2.1"


async def test_a_name_is_asked_for_again_after_a_while(client: httpx.AsyncClient, zone: Zone, seconds: Seconds) -> None:
    async with talking() as server:
        await call(client, server)
        seconds.now += 15
        assert await call(client, server) == "1.2"
        seconds.now += 15
        assert await call(client, server) == "1.3"
        assert zone.asked == 2


async def test_a_name_that_leads_inside_meanwhile_is_refused_though_a_connection_is_open(
    client: httpx.AsyncClient, zone: Zone, seconds: Seconds
) -> None:
    async with talking() as server, talking(address=INSIDE) as inside:
        await call(client, server)
        zone["one.test.", "A"] = [INSIDE]
        seconds.now += 15
        await call(client, server)
        await server.hang_up()
        assert await call(client, server) == "2.1", "the new connection goes to the address that was checked"
        seconds.now += 6
        for _ in range(2):
            with pytest.raises(ForbiddenAddress):
                await call(client, server)
        assert inside.connections == 0
        zone["one.test.", "A"] = [OUTSIDE]
        assert await call(client, server) == "2.2", "no refusal is remembered"


async def test_an_address_that_does_not_answer_is_not_remembered(client: httpx.AsyncClient, zone: Zone) -> None:
    async with talking() as server:
        port = server.port
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            await client.post(f"http://one.test:{port}/", extensions={REPEATABLE: True})
    assert zone.asked == 2


async def test_a_server_sets_no_cookies(client: httpx.AsyncClient) -> None:
    async def setting(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        writer.write(reply(b"ok", "Set-Cookie: whose=anothers; Path=/"))

    async with talking(setting) as server:
        for _ in range(2):
            await call(client, server)
        assert "cookie:" not in server.requests[1].lower()
        assert not client.cookies


def request_to(server: TalkingServer, pool_seconds: float = 5) -> tuple[httpx.Request, Place]:
    timeout = httpx.Timeout(5, pool=pool_seconds).as_dict()
    request = httpx.Request("POST", f"http://one.test:{server.port}/", content=b"", extensions={"timeout": timeout})
    return request, Place("http", "one.test", server.port, OUTSIDE)


async def sent(store: KeptConnections, server: TalkingServer) -> str:
    answer = await store.send(*request_to(server), repeatable=True)
    await answer.aread()
    return answer.text


async def test_room_is_made_by_what_is_idle_for_longest_and_not_by_what_is_in_use() -> None:
    store = KeptConnections(ssl.create_default_context(), most=3)
    async with AsyncExitStack() as stack:
        first, second, third, fourth = [await stack.enter_async_context(talking()) for _ in range(4)]
        under_way = await store.send(*request_to(first), repeatable=True)
        assert [await sent(store, second), await sent(store, third)] == ["1.1", "1.1"]
        assert await sent(store, fourth) == "1.1"
        assert await second.closed.get() == 1
        assert await sent(store, third) == "1.2"
        await under_way.aread()
        assert under_way.text == "1.1"
        assert await sent(store, first) == "1.2"
        await store.aclose()
        assert {await server.closed.get() for server in (first, third, fourth)} == {1}


async def test_no_more_connections_are_in_use_than_may_be() -> None:
    store = KeptConnections(ssl.create_default_context(), most=1)
    async with talking() as server:
        under_way = await store.send(*request_to(server), repeatable=True)
        with pytest.raises(httpx.PoolTimeout):
            await store.send(*request_to(server, pool_seconds=0.05), repeatable=True)
        waiting = asyncio.create_task(sent(store, server))
        await under_way.aread()
        assert await waiting == "1.2"
        await store.aclose()


async def test_who_is_cancelled_leaves_room_for_others() -> None:
    asked = asyncio.Event()

    async def silent_at_first(writer: asyncio.StreamWriter, connection: int, request: int) -> None:
        asked.set()
        if connection > 1:
            await well(writer, connection, request)

    store = KeptConnections(ssl.create_default_context(), most=1)
    async with talking(silent_at_first) as server:
        task = asyncio.create_task(sent(store, server))
        await asked.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await sent(store, server) == "2.1"
        assert await server.closed.get() == 1
        await store.aclose()


async def test_few_idle_connections_are_kept_at_one_place() -> None:
    store = KeptConnections(ssl.create_default_context())
    async with talking() as server:
        for _ in range(2):
            answers = [await store.send(*request_to(server), repeatable=True) for _ in range(10)]
            for answer in answers:
                await answer.aread()
        assert server.connections == 12
        await store.aclose()


async def test_what_is_under_way_when_the_store_closes_is_read_to_its_end_and_closed() -> None:
    store = KeptConnections(ssl.create_default_context())
    async with talking() as server:
        under_way = await store.send(*request_to(server), repeatable=True)
        await store.aclose()
        await under_way.aread()
        assert under_way.text == "1.1"
        assert await server.closed.get() == 1
