"""Requests to addresses that customers choose: they reach the public internet only, whatever DNS says.

The name is resolved here, every address is checked, and the connection goes to an address that was checked: a name
that answers differently the second time gains nothing. Of several addresses, one after the other is connected to until
one can be: that a name has IPv6 does not mean that we do. Redirects are not followed, answers are read up to a limit.
Names are looked up without a thread each, as the system's resolver would need: a name server that keeps us waiting
would else make everybody wait. So only DNS counts here, and not /etc/hosts.

Each request is looked up anew and has a connection of its own, unless it says by `REPEATABLE` that it may arrive twice.
Such ones share connections under the same name at the same address, and for some seconds what DNS said.
"""

import functools
import os
import ssl
import time
from collections.abc import Callable, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import dns.asyncresolver
import dns.exception
import dns.resolver
import httpx

from control_plane.core.address_order import in_turn, share
from control_plane.core.kept_connections import KeptConnections
from control_plane.core.lines import Place
from control_plane.core.ttl_cache import TtlCache

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REPEATABLE = "repeatable"
"""An extension of a request that does no harm if it arrives twice: it may use a kept connection, which may be dead."""

_CONNECT_SECONDS = 10
"""For connecting to one of a name's addresses or another, unless the request says how long that may take."""
_TIMEOUT = httpx.Timeout(10)
_RESOLVE_SECONDS = 5
_ROOT_SECONDS = 5
_ADDRESS_SECONDS = 20
"""How long an address that was checked is used without asking DNS again."""
_PORTS = {"http": 80, "https": 443}
_NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout)
_NAT64 = IPv6Network("64:ff9b::/96")
_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""Of the protocols themselves (RFC 6890 §2.2.2) and 6to4's relays (RFC 7526): no server is there."""


class ForbiddenAddress(httpx.ConnectError):
    """The host's address is private, local or otherwise not on the public internet."""


class Unresolved(httpx.ConnectError):
    """The name server that we ask gives no answers just now: that says nothing of the host."""


def may_reach(address: Address, allowed: Sequence[Network], *, encrypted: bool = True) -> bool:
    """Say whether an outgoing request may go to this address; without TLS only into the allowed networks."""
    if any(address in network for network in allowed if network.version == address.version):
        return True
    inner = _embedded_ipv4(address)
    if inner is not None:
        return may_reach(inner, allowed, encrypted=encrypted)
    return encrypted and _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        special = address.is_site_local
    else:
        special = any(address in network for network in _SPECIAL)
    return address.is_global and not (address.is_multicast or address.is_reserved or special)


def _embedded_ipv4(address: Address) -> IPv4Address | None:
    """Find the IPv4 address that an IPv6 one leads to: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


async def checked_address(url: httpx.URL, allowed: Sequence[Network], *, in_clear: bool = False) -> Address:
    """Give the address of the URL's host that is to be tried first; raises what `checked_addresses` does."""
    return (await checked_addresses(url, allowed, in_clear=in_clear))[0]


async def checked_addresses(url: httpx.URL, allowed: Sequence[Network], *, in_clear: bool = False) -> list[Address]:
    """Give addresses of the URL's host in the order in which to try them.

    Raises `ForbiddenAddress` if any of all that it has is one, `httpx.ConnectError` if it has none, `Unresolved` if
    nobody says.
    """
    addresses = await _resolve(url.raw_host.decode("ascii"))
    for address in addresses:
        if not may_reach(address, allowed, encrypted=in_clear or url.scheme == "https"):
            raise ForbiddenAddress(f"{url.host} leads to {address}, which must not be reached this way")
    return in_turn(addresses)


async def _resolve(host: str) -> list[Address]:
    try:
        return [ip_address(host.strip("[]").partition("%")[0])]
    except ValueError:
        return await _look_up(host)


async def _look_up(name: str) -> list[Address]:
    nowhere = httpx.ConnectError(f"{name} has no address")
    if name.rpartition(".")[2][:1].isdigit():  # a short form of an IPv4 address; no top-level domain begins so
        raise nowhere
    try:
        found = await dns.asyncresolver.resolve_name(f"{name.rstrip('.')}.", lifetime=_RESOLVE_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, ValueError) as error:
        raise nowhere from error
    except (dns.exception.DNSException, OSError) as error:
        if await _is_answered():
            raise nowhere from error
        raise Unresolved(f"{name} could not be looked up: our name server does not answer") from error
    addresses = [ip_address(text) for text in found.addresses()]
    if not addresses:
        raise nowhere
    return addresses


async def _is_answered() -> bool:
    """Say whether our name server answers at all: the root's servers it can tell, whatever became of other names."""
    try:
        await dns.asyncresolver.resolve(".", "NS", lifetime=_ROOT_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return True
    except (dns.exception.DNSException, OSError):
        return False
    return True


@functools.lru_cache(maxsize=2)
def _trusted(_file: str | None) -> ssl.SSLContext:
    """Read the system's authorities: that takes 20 ms, and OpenSSL takes them from the named file if there is one."""
    return ssl.create_default_context()


class WalledTransport(httpx.AsyncBaseTransport):
    """Checks where a request would go, then sends it there and nowhere else."""

    def __init__(
        self,
        allowed: Sequence[Network],
        verify: ssl.SSLContext | None = None,
        *,
        in_clear: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let `http://` reach the public internet too only `in_clear`: for what is no secret and has to be so."""
        self._allowed = allowed
        self._in_clear = in_clear
        self._monotonic = monotonic
        context = verify or _trusted(os.environ.get("SSL_CERT_FILE"))
        self._connections = KeptConnections(context, monotonic=monotonic)
        self._addresses: TtlCache[tuple[str, str], Address] = TtlCache(
            fresh_seconds=_ADDRESS_SECONDS, monotonic=monotonic
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send to a checked address, under the name that was asked for; raises `ForbiddenAddress`."""
        url = request.url
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol("only https:// and http:// can be asked")
        # A body that is made while it is sent cannot be sent twice.
        repeatable = bool(request.extensions.get(REPEATABLE)) and isinstance(request.stream, httpx.ByteStream)
        seconds = request.extensions.get("timeout", {}).get("connect") or _CONNECT_SECONDS
        key = url.scheme, url.raw_host.decode("ascii")
        known = self._addresses.get(key) if repeatable else None
        if known is not None:
            try:
                return await self._send(request, known, share(seconds, 1), repeatable=True)
            except _NOT_CONNECTED:
                self._addresses.drop(key)  # perhaps DNS knows a better one by now
        addresses = await checked_addresses(url, self._allowed, in_clear=self._in_clear)
        address, answer = await self._send_to_one(request, addresses, seconds, repeatable=repeatable)
        if repeatable:
            self._addresses.put(key, address)
        return answer

    async def aclose(self) -> None:
        """Close what is open."""
        await self._connections.aclose()

    async def _send_to_one(
        self, request: httpx.Request, addresses: Sequence[Address], connect_seconds: float, *, repeatable: bool
    ) -> tuple[Address, httpx.Response]:
        """Send to the first that can be connected to; nothing was sent to those before it. Raises the first's error."""
        until = self._monotonic() + connect_seconds
        failure: httpx.TransportError | None = None
        for place, address in enumerate(addresses, 1):
            seconds = share(until - self._monotonic(), len(addresses) - place)
            if failure is not None and seconds <= 0:
                break
            try:
                return address, await self._send(request, address, seconds, repeatable=repeatable)
            except _NOT_CONNECTED as error:
                failure = failure or error
        assert failure is not None, "there is an address"
        raise failure

    async def _send(
        self, request: httpx.Request, address: Address, connect_seconds: float, *, repeatable: bool
    ) -> httpx.Response:
        url = request.url
        timeout = request.extensions.get("timeout", {}) | {"connect": connect_seconds}
        request.extensions = request.extensions | {"timeout": timeout}
        place = Place(url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme], str(address))
        return await self._connections.send(request, place, repeatable=repeatable)


def walled_client(
    allowed: Sequence[Network],
    verify: ssl.SSLContext | None = None,
    *,
    in_clear: bool = False,
    monotonic: Callable[[], float] = time.monotonic,
) -> httpx.AsyncClient:
    """Make a client for customers' addresses; `allowed` names private networks that may be reached all the same."""
    return httpx.AsyncClient(
        transport=WalledTransport(allowed, verify, in_clear=in_clear, monotonic=monotonic),
        timeout=_TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # one customer's would be sent with another's calls
    )


async def read_some(response: httpx.Response, limit_bytes: int) -> bytes:
    """Read at most this much of a streamed answer's body, as it is: a little that unpacks to a lot is not unpacked."""
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= limit_bytes:
            break
    return body[:limit_bytes]
