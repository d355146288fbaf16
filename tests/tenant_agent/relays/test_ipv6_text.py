"""Addresses are told by their text to be in a network or not, however their zeros are written."""

import re
from ipaddress import IPv6Address, IPv6Network

from hypothesis import example, given
from hypothesis import strategies as st

from tenant_agent.relays.ipv6_text import patterns

GROUPS = st.one_of(st.just(0), st.sampled_from([1, 0xA, 0xA0, 0xFD00]), st.integers(0, 0xFFFF))
ADDRESSES = st.lists(GROUPS, min_size=8, max_size=8).map(
    lambda groups: IPv6Address(int.from_bytes(b"".join(group.to_bytes(2) for group in groups)))
)


def matches(network: IPv6Network, address: IPv6Address) -> bool:
    return re.match(f"({'|'.join(patterns(network))})", str(address)) is not None


@example(IPv6Address("0:0:0:800::"), 53, IPv6Address("::800"))
@given(ADDRESSES, st.integers(1, 128), ADDRESSES)
def test_whatever_the_network_it_has_its_own_addresses_and_no_others(
    base: IPv6Address, length: int, other: IPv6Address
) -> None:
    network = IPv6Network((base, length), strict=False)
    near = IPv6Address(int(network.network_address) | (int(other) & int(network.hostmask)))
    for address in (base, near, other, network.network_address, network.broadcast_address):
        assert matches(network, address) == (address in network), (network, address)
    if int(network.network_address) > 0:
        assert not matches(network, network.network_address - 1)
    if int(network.broadcast_address) < 2**128 - 1:
        assert not matches(network, network.broadcast_address + 1)
