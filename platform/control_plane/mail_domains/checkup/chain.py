"""The certificates that a mail exchanger shows after STARTTLS, for comparison with its TLSA records."""

import asyncio
import ssl
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

import msgspec

from control_plane.core.http import Network, may_reach
from control_plane.core.ttl_cache import TtlCache

_SECONDS = 5.0
_FRESH_SECONDS = 60.0  # every domain's check looks at the same exchanger of ours
_LONGEST_LINE = 4096
_MOST_LINES = 50


class ServedChain(msgspec.Struct, frozen=True, kw_only=True):
    """What the exchanger showed: its own certificate (DER); nothing if that could not be found out."""

    certificates: tuple[bytes, ...] = ()
    problem: str = ""


class Chains(Protocol):
    """Looks at what an address shows."""

    async def fetch(self, host: str, address: str) -> ServedChain: ...


class StarttlsChains:
    """Asks the exchanger itself, as a sender would."""

    def __init__(self, allowed: Sequence[Network], *, port: int = 25) -> None:
        self._allowed = allowed
        self._port = port
        self._seen: TtlCache[str, ServedChain] = TtlCache(fresh_seconds=_FRESH_SECONDS)

    async def fetch(self, host: str, address: str) -> ServedChain:
        """Talk to the exchanger up to its certificate; whatever goes wrong is part of the answer."""
        chain = self._seen.get(host)
        if chain is None:
            chain = await self._look(host, address)
            self._seen.put(host, chain)
        return chain

    async def _look(self, host: str, address: str) -> ServedChain:
        if not may_reach(ip_address(address), self._allowed):
            return ServedChain(problem="its address is not on the public internet")
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._talk(host, address)
        except (TimeoutError, OSError, EOFError, ValueError) as error:
            return ServedChain(problem=type(error).__name__)

    async def _talk(self, host: str, address: str) -> ServedChain:
        reader, writer = await asyncio.open_connection(address, self._port, limit=_LONGEST_LINE)
        try:
            for command in (b"", b"EHLO check.invalid\r\n", b"STARTTLS\r\n"):
                writer.write(command)
                if not await _is_welcome(reader):
                    return ServedChain(problem="it offers no encryption")
            await writer.start_tls(_anything(), server_hostname=host)
            own = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            return ServedChain(certificates=(own,) if own else ())
        finally:
            writer.close()


async def _is_welcome(reader: asyncio.StreamReader) -> bool:
    """Read a whole reply; says whether it was a good one."""
    for _ in range(_MOST_LINES):
        line = await reader.readline()
        if line[3:4] != b"-":
            return line.startswith(b"2")
    return False


def _anything() -> ssl.SSLContext:
    """Take whatever certificate is shown: it is looked at, and nothing is told to the host."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
