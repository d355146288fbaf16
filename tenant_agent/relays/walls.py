"""Which addresses a relay's name may lead to: a customer chooses the name, and must not reach the network inside."""

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import msgspec

from tenant_agent.relays import ipv6_text

Network = IPv4Network | IPv6Network

# As Postfix writes a record for `smtp_dns_reply_filter`: name, TTL, class, type, value.
_INNER_IPV4 = (
    r"/ A (0|10|127|22[4-9]|23[0-9]|24[0-9]|25[0-5])\./",
    r"/ A (169\.254|172\.(1[6-9]|2[0-9]|3[01])|192\.168|192\.0\.[02]|198\.1[89]|198\.51\.100|203\.0\.113)\./",
    r"/ A 100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\./",
)
# Outside of 2000::/3 nothing is public; within it are addresses that lead to IPv4 ones (6to4, Teredo) and examples.
_INNER_IPV6 = (r"/ AAAA ([^23]|.:|..:|...:)/", r"/ AAAA (2002|2001:0?|2001:db8|3fff):/")
_OCTET = 8


class Walls(msgspec.Struct, frozen=True):
    """What the operator says of relays on a node."""

    allowed: tuple[Network, ...] = ()
    """Private networks that relays may be in all the same."""
    authorities: Path | None = None
    """Certificates that relays' own are checked with; none: the system's."""

    def may_reach(self, address: IPv4Address | IPv6Address) -> bool:
        """Say whether a relay may be at an address."""
        if any(address in network for network in self.allowed if network.version == address.version):
            return True
        leads_inside = isinstance(address, IPv6Address) and (
            address.sixtofour or address.teredo or address.ipv4_mapped or address.is_site_local
        )
        return address.is_global and not (address.is_multicast or address.is_reserved or leads_inside)


def reply_filter(allowed: Iterable[Network]) -> str:
    """Write the table that makes Postfix ignore such records; what is looked up is what is connected to."""
    known = list(allowed)
    rules = [f"{{{pattern} IGNORE}}" for pattern in (*_INNER_IPV4, *_INNER_IPV6)]
    ipv6 = [pattern for each in known if isinstance(each, IPv6Network) for pattern in ipv6_text.patterns(each)]
    for kind, exempt in (("A", "|".join(_beginnings(known))), ("AAAA", "|".join(ipv6))):
        if exempt:
            rules = [rf"{{if !/ {kind} ({exempt})/}}", *rules, "{endif}"]
    return f"regexp:{{ {', '.join(rules)} }}"


def _beginnings(networks: Iterable[Network]) -> list[str]:
    """Give how the addresses of IPv4 networks begin, as a pattern each."""
    found: list[str] = []
    for network in networks:
        if network.version == 4:
            octets = -(-network.prefixlen // _OCTET)
            for subnet in network.subnets(new_prefix=octets * _OCTET):
                parts = str(subnet.network_address).split(".")[:octets]
                found.append(r"\.".join(parts) + (r"\." if octets < 4 else "$"))
    return found


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks; raises `ValueError`."""
    return tuple(ipaddress.ip_network(text) for text in texts)
