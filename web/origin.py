"""Where a request comes from: the peer, or what our own proxy on this host says."""

from ipaddress import ip_address

from web.cookies import PageRequest


def client_address(request: PageRequest) -> str:
    """Give the client's IP address; a header is believed only from a proxy on the same host."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded if forwarded and _is_local(peer) else peer


def _is_local(peer: str) -> bool:
    try:
        return not peer or ip_address(peer).is_loopback
    except ValueError:
        return False
