"""Where relays may be; Postfix's own tool is asked what it makes of the table."""

import ipaddress
import subprocess
from ipaddress import ip_address

import pytest

from tenant_agent.identifiers import Unfit
from tenant_agent.relays.fit import check
from tenant_agent.relays.walls import Walls, networks, reply_filter
from tests.tenant_agent.relays.relay_samples import relay

INNER = [
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1"),
    *("172.31.255.255", "192.168.1.1", "192.0.0.1", "192.0.2.7", "198.18.0.1", "198.51.100.3", "203.0.113.9"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"),
    *("fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1", "2002:a00:1::1", "2001:0:a00:1::1"),
    *("2::1", "20:1::1", "200:1::1"),
]
PUBLIC = [
    *("8.8.8.8", "100.63.1.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "11.0.0.1", "126.1.1.1"),
    *("223.1.1.1", "2a00:1450::1", "2600::1", "2001:4860::8888", "240e::1"),
]


def ignored(addresses: list[str], allowed: tuple[str, ...] = ()) -> list[str]:
    """Ask Postfix which records it would ignore."""
    types = {4: "A", 6: "AAAA"}
    keys = [f"smtp.x.test. 300 IN {types[ip_address(text).version]} {text}" for text in addresses]
    table = reply_filter(networks(allowed))
    asked = subprocess.run(
        ["postmap", "-q", "-", table], input="\n".join(keys), text=True, capture_output=True, check=False
    )
    assert not asked.stderr, asked.stderr
    return [line.split("\t")[0].split()[-1] for line in asked.stdout.splitlines()]


def test_postfix_ignores_every_address_that_is_not_public() -> None:
    assert ignored(INNER) == INNER
    assert ignored(PUBLIC) == []


@pytest.mark.parametrize("network", ["10.77.0.0/16", "10.76.0.0/15", "10.0.0.0/8", "10.77.9.0/24", "10.77.9.2/32"])
def test_what_the_operator_allows_is_reached(network: str) -> None:
    assert ignored(["10.77.9.2", "127.0.0.1", "110.77.9.2"], (network,)) == ["127.0.0.1"]


@pytest.mark.parametrize("network", ["fd00:77::/32", "fd00::/8", "fc00::/7", "fd00:77:0:9::/64", "fd00:77:0:9::2/128"])
def test_so_is_what_is_allowed_by_ipv6(network: str) -> None:
    assert ignored(["fd00:77:0:9::2", "::1", "fe80::1", "10.77.9.2"], (network,)) == ["::1", "fe80::1", "10.77.9.2"]


def test_networks_of_both_kinds_are_allowed_together() -> None:
    assert ignored(["fd00:77::2", "10.77.9.2", "10.78.1.1"], ("fd00:77::/48", "10.77.0.0/16")) == ["10.78.1.1"]


def test_a_network_allows_nothing_beside_it() -> None:
    beside = ["10.77.9.20", "10.77.19.2", "10.78.9.2"]
    assert ignored(beside, ("10.77.9.2/32",)) == beside


@pytest.mark.parametrize("text", [*INNER])
def test_the_agent_itself_goes_nowhere_else_than_postfix(text: str) -> None:
    assert not Walls().may_reach(ip_address(text))


def test_the_agent_reaches_what_is_public_or_allowed() -> None:
    assert all(Walls().may_reach(ip_address(text)) for text in PUBLIC)
    assert Walls((ipaddress.ip_network("10.0.0.0/8"),)).may_reach(ip_address("10.1.1.1"))


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "127.0.0.1"},
        {"host": "localhost"},
        {"host": "smtp.x.test]:25,[other.test"},
        {"host": "smtp.x.test\n"},
        {"port": 22},
        {"port": 10025},
        {"weight": 0},
        {"username": "a:b"},
        {"username": ""},
        {"password": "a\nb"},
        {"password": "a\0b"},
        {"password": "x" * 1001},
    ],
)
def test_an_item_that_would_connect_or_log_in_otherwise_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Unfit):
        check(relay(**changes))


def test_a_decent_item_is_taken() -> None:
    check(relay(password="a b:c#$"))
