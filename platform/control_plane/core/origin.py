"""Where a request comes from: the peer, or what our own proxy on this host says."""

from ipaddress import IPv6Address, ip_address

from litestar.datastructures import Headers
from litestar.types import Scope


def client_address(scope: Scope) -> str:
    """Give the client's IP address, empty when there is none; a header is believed only from a proxy on this host."""
    client = scope["client"]
    peer = client[0] if client else ""
    lines = Headers.from_scope(scope).getall("x-forwarded-for", [""])  # some proxies add a line of their own, the last
    forwarded = lines[-1].rpartition(",")[2].strip()
    return _as_address(forwarded) if forwarded and _is_local(peer) else _as_address(peer)


def _as_address(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    # A socket for both families writes IPv4 as ::ffff:192.0.2.1: all of IPv4 would be one network, and one household.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _is_local(peer: str) -> bool:
    try:
        return not peer or ip_address(_as_address(peer)).is_loopback
    except ValueError:
        return False
