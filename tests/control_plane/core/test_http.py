import asyncio
import gzip
import socket
from collections.abc import AsyncGenerator
from ipaddress import ip_address, ip_network

import dns.asyncresolver
import dns.nameserver
import httpx
import pytest

from control_plane.core import http
from control_plane.core.http import ForbiddenAddress, Unresolved, checked_address, may_reach, read_some, walled_client
from tests.control_plane.mail_domains.small_dns import serving

LAB = [ip_network("10.77.0.0/16")]


@pytest.mark.parametrize(
    ("address", "reachable"),
    [
        ("93.184.215.14", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.77.9.2", True),  # allowed by the setting
        ("10.78.0.1", False),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),  # clouds' metadata
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),  # carriers' NAT
        ("192.0.0.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("fec0::1", False),  # site-local, as it was called until 2004
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),  # NAT64 of 127.0.0.1
        ("64:ff9b:1::a00:1", False),  # NAT64 of 10.0.0.1, in the range for local use
        ("::7f00:1", False),  # "compatible" with 127.0.0.1, as it was called until 2006
        ("192.0.0.8", False),
        ("192.88.99.1", False),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("2001:0:0:0:0:0:80ff:fffe", False),  # Teredo of 127.0.0.1
    ],
)
def test_only_the_public_internet_can_be_reached(address: str, reachable: bool) -> None:
    assert may_reach(ip_address(address), LAB) is reachable


def test_without_tls_only_allowed_networks_can_be_reached() -> None:
    assert may_reach(ip_address("10.77.9.2"), LAB, encrypted=False)
    assert not may_reach(ip_address("93.184.215.14"), LAB, encrypted=False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:7f00:1]"])
async def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    with pytest.raises(httpx.ConnectError):
        await checked_address(httpx.URL(f"https://{host}/"), [])


async def test_the_client_refuses_before_it_connects() -> None:
    async with walled_client([]) as client:
        with pytest.raises(ForbiddenAddress):
            await client.post("http://127.0.0.1:1/")


@pytest.fixture
async def resolving(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None]:
    """A DNS server for this process: public.test and inner.test have addresses, silent.test never answers."""
    zone = {
        ("public.test.", "A"): ["93.184.215.14"],
        ("inner.test.", "A"): ["93.184.215.14", "10.0.0.1"],
        ("mapped.test.", "AAAA"): ["::ffff:127.0.0.1"],
    }
    async with serving(zone) as server:
        address, _, port = server.partition("@")
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, int(port))]
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
        yield


@pytest.mark.usefixtures("resolving")
async def test_every_address_of_a_name_must_be_public() -> None:
    assert str(await checked_address(httpx.URL("https://public.test/"), [])) == "93.184.215.14"
    for name in ("inner.test", "mapped.test"):
        with pytest.raises(ForbiddenAddress):
            await checked_address(httpx.URL(f"https://{name}/"), [])


@pytest.mark.usefixtures("resolving")
async def test_names_that_are_slow_to_resolve_hold_up_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_RESOLVE_SECONDS", 60)
    slow = [asyncio.create_task(checked_address(httpx.URL(f"https://silent.test/{n}"), [])) for n in range(100)]
    async with asyncio.timeout(20):
        await checked_address(httpx.URL("https://public.test/"), [])
    assert not any(task.done() for task in slow)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


@pytest.mark.usefixtures("resolving")
async def test_a_name_that_is_not_resolved_in_time_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_RESOLVE_SECONDS", 0.1)
    with pytest.raises(httpx.ConnectError):
        await checked_address(httpx.URL("https://silent.test/"), [])


@pytest.mark.usefixtures("resolving")
@pytest.mark.parametrize("name", ["absent.test", "broken.test", "silent.test"])
async def test_that_one_name_is_not_resolved_is_not_our_fault(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_RESOLVE_SECONDS", 0.1)
    with pytest.raises(httpx.ConnectError) as failed:
        await checked_address(httpx.URL(f"https://{name}/"), [])
    assert not isinstance(failed.value, Unresolved)


@pytest.mark.parametrize("listens", [True, False])
async def test_that_no_name_is_resolved_is(listens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_RESOLVE_SECONDS", 0.1)
    monkeypatch.setattr(http, "_ROOT_SECONDS", 0.1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", silent.getsockname()[1])]
        monkeypatch.setattr(dns.asyncresolver, "default_resolver", resolver)
        if not listens:
            silent.close()
        with pytest.raises(Unresolved):
            await checked_address(httpx.URL("https://public.test/"), [])


async def test_a_packed_answer_is_not_unpacked() -> None:
    packed = gzip.compress(b"0" * 10_000_000)
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(packed))
    assert await read_some(answer, 500) == packed[:500]
