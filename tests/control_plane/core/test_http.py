from ipaddress import ip_address, ip_network

import httpx
import pytest

from control_plane.core.http import ForbiddenAddress, checked_address, may_reach, walled_client

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
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),  # NAT64 of 127.0.0.1
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
