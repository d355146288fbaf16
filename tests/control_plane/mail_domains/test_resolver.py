"""The real resolver against a real, if small, DNS server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from control_plane.mail_domains.resolver import Answer, DnsResolver

ZONE = {
    ("text.test.", "TXT"): ['"first" " second"', '"other"'],
    ("mail.test.", "MX"): ["10 MX.Fleetpost.test.", "20 b.test."],
    ("empty.test.", "A"): ["10.77.0.1"],
    ("nul.test.", "TXT"): ['"before\\000after"'],
    ("long.test.", "TXT"): [" ".join([f'"{"x" * 250}"'] * 40)],
}


class SmallServer(asyncio.DatagramProtocol):
    """Answers from its zone; fails for broken.test, is silent for silent.test."""

    def __init__(self, zone: dict[tuple[str, str], list[str]]) -> None:
        self._zone = zone

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        reply = dns.message.make_response(query, recursion_available=True)
        if name == "silent.test.":
            return
        if name == "broken.test.":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif values := self._zone.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
        elif not any(known == name for known, _ in self._zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def serving(zone: dict[tuple[str, str], list[str]]) -> AsyncGenerator[str]:
    """Serve a zone; gives the server as settings name it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: SmallServer(zone), local_addr=("127.0.0.1", 0))
    yield f"127.0.0.1@{transport.get_extra_info('sockname')[1]}"
    transport.close()


@pytest.fixture
async def resolver() -> AsyncGenerator[DnsResolver]:
    async with serving(ZONE) as nameserver:
        yield DnsResolver([nameserver], lookup_seconds=0.3)


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("text.test", "TXT", Answer(("first second", "other"))),  # a record's strings are one text
        ("mail.test", "MX", Answer(("10 MX.Fleetpost.test", "20 b.test"))),
        ("empty.test", "TXT", Answer()),  # the name is there, the type is not
        ("nowhere.test", "TXT", Answer()),
        ("nul.test", "TXT", Answer(("before\N{REPLACEMENT CHARACTER}after",))),  # it could not be stored
        ("long.test", "TXT", Answer(("x" * 4000,))),
    ],
)
async def test_what_dns_holds_is_told(resolver: DnsResolver, name: str, kind: str, answer: Answer) -> None:
    assert await resolver.lookup(name, kind) == answer


@pytest.mark.parametrize("name", ["broken.test", "silent.test"])
async def test_no_answer_is_a_problem_and_not_an_absence(resolver: DnsResolver, name: str) -> None:
    assert (await resolver.lookup(name, "TXT")).problem is not None
