"""A zone on a name server that takes dynamic updates (RFC 2136), signed (RFC 8945), over TCP."""

import asyncio
import binascii
from collections.abc import Collection, Iterator, Sequence
from ipaddress import ip_address

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.update
import httpx

from control_plane.core.http import Address, Network, Unresolved, checked_address
from control_plane.dns_publishing.providers.zone import (
    AWAY,
    NO_ZONE,
    NOT_DONE,
    ODD,
    REFUSED,
    Credentials,
    ProviderProblem,
)
from control_plane.dns_publishing.published import quoted, strings_of
from control_plane.dns_publishing.record_sets import RecordSet, gathered

_SECONDS = 10
_AT_ONCE = 8
_PORT = 53
_TYPES = ("A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT")
_FREE_PORTS = range(1024, 65_536)


class DynamicZone:
    """A zone that is asked by questions and changed by updates, both signed."""

    def __init__(self, server: "_Server", apex: str) -> None:
        self._server = server
        self.apex = apex

    async def read(self, names: Collection[str]) -> list[RecordSet]:
        """Ask for each type at each name."""
        turns = asyncio.Semaphore(_AT_ONCE)
        questions = [(name, kind) for name in names for kind in _TYPES]
        found = await asyncio.gather(*(self._ask(turns, name, kind) for name, kind in questions))
        return gathered([record for records in found for record in records])

    async def write(self, before: RecordSet, after: RecordSet) -> None:
        """Change a set in one update, if it still is what it was (RFC 2136 §2.4.2: without a TTL)."""
        update = dns.update.UpdateMessage(self.apex, keyring=self._server.key)
        name = dns.name.from_text(after.name)
        if before.values:
            update.present(name, _rrset(before, ttl_seconds=0))
        else:
            update.absent(name, before.type)
        update.delete(name, after.type)
        if after.values:
            update.add(name, _rrset(after, ttl_seconds=after.ttl_seconds))
        _refuse_if_not_done((await self._server.exchange(update)).rcode())

    async def _ask(self, turns: asyncio.Semaphore, name: str, kind: str) -> list[tuple[str, str, str, int]]:
        query = dns.message.make_query(name, kind)
        query.flags &= ~dns.flags.RD
        async with turns:
            answer = await self._server.exchange(query)
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise ProviderProblem(REFUSED)
        wanted = dns.rdatatype.from_text(kind)
        return [record for rrset in answer.answer if rrset.rdtype == wanted for record in _records(rrset)]


class _Server:
    """A name server at an address that was checked."""

    def __init__(self, address: Address, port: int, key: dns.tsig.Key) -> None:
        self._address, self._port, self.key = str(address), port, key

    async def exchange(self, message: dns.message.Message) -> dns.message.Message:
        """Send a signed message and give the answer; raises `ProviderProblem`."""
        message.use_tsig(self.key)
        try:
            return await dns.asyncquery.tcp(message, self._address, _SECONDS, self._port)
        except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadTime) as error:
            raise ProviderProblem(REFUSED) from error
        except (OSError, EOFError, dns.exception.Timeout) as error:
            raise ProviderProblem(AWAY, temporary=True) from error
        except dns.exception.DNSException as error:
            raise ProviderProblem(ODD) from error


async def open_dynamic(allowed: Sequence[Network], credentials: Credentials, domain: str) -> DynamicZone:
    """Find the zone of a domain by its SOA record (RFC 2136 §4.3); raises `ProviderProblem`."""
    server = await _server(allowed, credentials)
    answer = await server.exchange(dns.message.make_query(domain, "SOA"))
    found = [rrset.name for rrset in (*answer.answer, *answer.authority) if rrset.rdtype == dns.rdatatype.SOA]
    if not found or not answer.flags & dns.flags.AA:
        raise ProviderProblem(NO_ZONE)
    apex = found[0]
    if not dns.name.from_text(domain).is_subdomain(apex) or len(apex) < 2:
        raise ProviderProblem(NO_ZONE)
    return DynamicZone(server, apex.to_text(omit_final_dot=True).lower())


async def _server(allowed: Sequence[Network], credentials: Credentials) -> _Server:
    host, _, port_text = credentials["server"].partition("@")
    port = int(port_text) if port_text.isdecimal() and len(port_text) < 6 else _PORT
    try:
        address = await checked_address(httpx.URL(scheme="https", host=host), allowed)
    except Unresolved as error:
        raise ProviderProblem(AWAY, temporary=True) from error
    except (httpx.InvalidURL, httpx.ConnectError) as error:
        raise ProviderProblem("The name server has no address on the public internet: check its name.") from error
    if port != _PORT and port not in _FREE_PORTS:
        raise ProviderProblem("Name servers listen at port 53, or at one above 1023.")
    try:
        key = dns.tsig.Key(credentials["key_name"], credentials["key"], credentials["algorithm"])
    except (binascii.Error, dns.exception.DNSException, NotImplementedError, ValueError) as error:
        raise ProviderProblem("The TSIG key cannot be read: it is base64, as in the server's configuration.") from error
    return _Server(ip_address(str(address)), port, key)


def _refuse_if_not_done(rcode: dns.rcode.Rcode) -> None:
    if rcode in (dns.rcode.NXRRSET, dns.rcode.YXRRSET, dns.rcode.YXDOMAIN, dns.rcode.NXDOMAIN):
        raise ProviderProblem("The record was changed meanwhile: compare again.")
    if rcode in (dns.rcode.REFUSED, dns.rcode.NOTAUTH):
        raise ProviderProblem(REFUSED)
    if rcode != dns.rcode.NOERROR:
        raise ProviderProblem(NOT_DONE)


def _records(rrset: dns.rrset.RRset) -> Iterator[tuple[str, str, str, int]]:
    kind, name = dns.rdatatype.to_text(rrset.rdtype), rrset.name.to_text(omit_final_dot=True)
    for rdata in rrset:
        yield name, kind, rdata.to_text(), rrset.ttl


def _rrset(each: RecordSet, *, ttl_seconds: int) -> dns.rrset.RRset:
    texts = [_presented(each.type, value) for value in each.values]
    return dns.rrset.from_text_list(f"{each.name}.", ttl_seconds, dns.rdataclass.IN, each.type, texts)


def _presented(kind: str, value: str) -> str:
    if kind == "TXT":
        return " ".join(map(quoted, strings_of(value)))
    return f"{value.removesuffix('.')}." if kind in ("CNAME", "MX", "SRV") else value
