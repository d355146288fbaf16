"""DNS as the domain checks see it: a question, and either values or a reason why there is no answer."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.rdata
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.TXT
import dns.resolver
import msgspec

_LOOKUP_SECONDS = 2.0
_PORT = 53
_LONGEST_TEXT = 4000


class Answer(msgspec.Struct, frozen=True):
    """What DNS holds: no values if there is no such record; a problem if that could not be found out."""

    values: tuple[str, ...] = ()
    problem: str | None = None


class Resolver(Protocol):
    """Answers questions of type TXT (strings joined) and MX (`preference host`, no last dot)."""

    async def lookup(self, name: str, record_type: str) -> Answer: ...


class FixedResolver:
    """Answers from a table; for tests and dry runs."""

    def __init__(self, answers: Mapping[tuple[str, str], Iterable[str]]) -> None:
        self._answers = {question: Answer(tuple(values)) for question, values in answers.items()}

    async def lookup(self, name: str, record_type: str) -> Answer:
        """Look into the table."""
        return self._answers.get((name, record_type), Answer())


class DnsResolver:
    """Asks real resolvers, each question for a short time; nothing is kept for the next check."""

    def __init__(self, nameservers: Iterable[str] = (), *, lookup_seconds: float = _LOOKUP_SECONDS) -> None:
        """Use these (`address` or `address@port`), else those of the system."""
        own = [_nameserver(text) for text in nameservers]
        self._resolver = dns.asyncresolver.Resolver(configure=not own)
        if own:
            self._resolver.nameservers = own
        self._resolver.lifetime = lookup_seconds

    async def lookup(self, name: str, record_type: str) -> Answer:
        """Ask."""
        try:
            found = await self._resolver.resolve(name + ".", record_type)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Answer()
        except (dns.exception.DNSException, OSError) as error:
            return Answer(problem=type(error).__name__)
        return Answer(tuple(sorted(_text(rdata) for rdata in found)))


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    address, _, port = text.partition("@")
    return dns.nameserver.Do53Nameserver(address, int(port or _PORT))


def _storable(text: bytes) -> str:
    """Shorten what anybody may publish, and leave out NUL, which PostgreSQL does not take."""
    return text[:_LONGEST_TEXT].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _text(rdata: dns.rdata.Rdata) -> str:
    if isinstance(rdata, dns.rdtypes.ANY.TXT.TXT):
        return _storable(b"".join(rdata.strings))
    if isinstance(rdata, dns.rdtypes.ANY.MX.MX):
        return f"{rdata.preference} {rdata.exchange.to_text(omit_final_dot=True)}"
    return rdata.to_text()
