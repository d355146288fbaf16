"""A DNS server as nobody should run one: it refuses everything, slowly, or does not answer at all.

`python -m benchmarks.lame_dns ADDRESS`. Names with a label `dead…` get no answer; all others a refusal, after a while.
"""

import asyncio
import sys

import dns.message
import dns.rcode

_SLOW_SECONDS = 1.2


class _Lame(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        labels = query.question[0].name.to_text().split(".")
        if not any(label.startswith("dead") for label in labels):
            reply = dns.message.make_response(query)
            reply.set_rcode(dns.rcode.REFUSED)
            asyncio.get_running_loop().call_later(_SLOW_SECONDS, self._transport.sendto, reply.to_wire(), addr)


async def serve(address: str) -> None:
    """Serve until killed."""
    await asyncio.get_running_loop().create_datagram_endpoint(_Lame, local_addr=(address, 53))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
