"""A real, if small, DNS server: datagrams and TCP on one port, truncated as it has to be."""

import asyncio
import functools
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], list[str]]
"""Absolute name and type → values as in a zone file."""


def answer_from(zone: Zone, query: dns.message.Message, *, authoritative: bool) -> dns.message.Message | None:
    """Answer; fails for broken.test, refuses lame.test, says nothing for silent.test."""
    question = query.question[0]
    name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    reply = dns.message.make_response(query, recursion_available=True)
    if authoritative:
        reply.flags |= dns.flags.AA
    if name.endswith("silent.test."):
        return None
    if name.endswith(("broken.test.", "lame.test.")):
        reply.set_rcode(dns.rcode.REFUSED if "lame" in name else dns.rcode.SERVFAIL)
        return reply
    for _ in range(3):
        alias = zone.get((name, "CNAME"))
        if alias is None or kind == "CNAME":
            break
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", *alias))
        name = alias[0]
    if values := zone.get((name, kind)):
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
    elif not any(known == name for known, _ in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone, *, authoritative: bool) -> None:
        self._zone = zone
        self._authoritative = authoritative

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        reply = answer_from(self._zone, query, authoritative=self._authoritative)
        if reply is None:
            return
        try:
            wire = reply.to_wire()
        except dns.exception.TooBig:
            cut = dns.message.make_response(query)
            cut.flags |= dns.flags.TC
            wire = cut.to_wire()
        self.transport.sendto(wire, addr)


async def _talk(zone: Zone, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, authoritative: bool) -> None:
    length = int.from_bytes(await reader.readexactly(2), "big")
    reply = answer_from(zone, dns.message.from_wire(await reader.readexactly(length)), authoritative=authoritative)
    if reply is not None:
        wire = reply.to_wire(max_size=65535)
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def serving(
    zone: Zone, address: str = "127.0.0.1", port: int = 0, *, authoritative: bool = False
) -> AsyncGenerator[str]:
    """Serve a zone on a loopback address; gives the server as settings name it."""
    loop = asyncio.get_running_loop()
    talk = functools.partial(_talk, zone, authoritative=authoritative)
    server = await asyncio.start_server(talk, address, port)
    found: int = server.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(zone, authoritative=authoritative), local_addr=(address, found)
    )
    yield f"{address}@{found}"
    transport.close()
    server.close()
    await server.wait_closed()
