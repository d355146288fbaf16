"""Whether this host has the addresses that mail is to leave from; Postfix refuses to send from one that it has not."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import msgspec

from tenant_agent import wire

CanBind = Callable[[str], bool]


def host_has(address: str) -> bool:
    """Say whether a socket can be bound to an address."""
    family = socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


class BoundAddresses:
    """Knows the node's addresses, and says with each heartbeat which of them the host has."""

    def __init__(self, can_bind: CanBind = host_has) -> None:
        self._addresses: Sequence[str] = ()
        self._can_bind = can_bind

    def learn(self, node: wire.NodeItem) -> None:
        """Take the addresses that the node is to have."""
        self._addresses = [ip.address for ip in node.ips]

    def add(self, beat: wire.Heartbeat) -> wire.Heartbeat:
        """Look now."""
        found = {address: self._can_bind(address) for address in self._addresses}
        return msgspec.structs.replace(beat, addresses=found)
