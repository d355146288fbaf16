"""One question to one DNS server: one datagram, then TCP if the answer was too long for it."""

import asyncio
import unicodedata

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.TXT
import msgspec

LOOP = "a loop of aliases"
"""The problem of a name whose CNAME records lead in a circle, or too far."""

_PAYLOAD_OCTETS = 1232  # what gets through everywhere without being fragmented (DNS flag day 2020)
_LONGEST_TEXT = 4000
_MOST_VALUES = 100


class Server(msgspec.Struct, frozen=True):
    """Where to ask."""

    address: str
    port: int = 53


class Answer(msgspec.Struct, frozen=True):
    """What DNS holds: no values if there is no such record; a problem if that could not be found out.

    Values are the strings of a TXT record joined, `preference host` of MX, else the usual text; no last dots.
    """

    values: tuple[str, ...] = ()
    problem: str | None = None
    exists: bool = True
    """Whether the name has any records at all; false is NXDOMAIN."""
    authenticated: bool = False
    """The resolver has checked DNSSEC signatures down to the answer (RFC 4035 §3.2.3, the AD bit)."""
    aliases: tuple[str, ...] = ()
    """The names that CNAME records led to, in lower case; the last is where the values stand."""


async def ask(
    server: Server, name: str, record_type: str, seconds: float, *, unchecked: bool = False, recursive: bool = True
) -> Answer:
    """Ask; whatever goes wrong is the answer's problem."""
    try:
        query = _query(name, record_type, unchecked=unchecked, recursive=recursive)
    except (dns.exception.DNSException, ValueError):  # a label of 64 letters, a name of 256: nobody can have that
        return Answer(exists=False)
    try:
        async with asyncio.timeout(seconds):
            response, _ = await dns.asyncquery.udp_with_fallback(
                query, server.address, timeout=seconds, port=server.port, ignore_unexpected=True, ignore_errors=True
            )
        if not recursive and not response.flags & dns.flags.AA:
            return Answer(problem="it does not know the zone")  # a lame delegation
        return _read(response)
    except (dns.exception.Timeout, TimeoutError):
        return Answer(problem="no answer in time")
    except dns.message.ChainTooLong:
        return Answer(problem=LOOP)
    except (dns.exception.DNSException, OSError, EOFError, ValueError) as error:
        return Answer(problem=type(error).__name__)


def _query(name: str, record_type: str, *, unchecked: bool, recursive: bool) -> dns.message.QueryMessage:
    """Write a question; the AD bit asks to be told whether signatures were checked (RFC 6840 §5.7)."""
    flags = dns.flags.AD | (dns.flags.RD if recursive else 0) | (dns.flags.CD if unchecked else 0)
    absolute = f"{name.removesuffix('.')}."
    return dns.message.make_query(absolute, record_type, use_edns=0, payload=_PAYLOAD_OCTETS, flags=flags)


def _read(response: dns.message.Message) -> Answer:
    rcode = response.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN) or not isinstance(response, dns.message.QueryMessage):
        return Answer(problem=dns.rcode.to_text(rcode))
    result = response.resolve_chaining()
    aliases = [next(iter(rrset)).to_text().removesuffix(".").lower() for rrset in result.cnames]
    values = sorted(as_text(rdata) for rdata in result.answer or ())
    return Answer(
        values=tuple(values[:_MOST_VALUES]),
        exists=rcode == dns.rcode.NOERROR,
        authenticated=bool(response.flags & dns.flags.AD),
        aliases=tuple(aliases),
    )


def as_text(rdata: dns.rdata.Rdata) -> str:
    """Write what a record says so that it can be stored, compared and shown."""
    if isinstance(rdata, dns.rdtypes.ANY.TXT.TXT):
        return storable(b"".join(rdata.strings))
    if isinstance(rdata, dns.rdtypes.ANY.MX.MX):
        exchange = rdata.exchange.to_text(omit_final_dot=True) if len(rdata.exchange.labels) > 1 else "."
        return f"{rdata.preference} {exchange}"
    text = rdata.to_text()
    return (text.removesuffix(".") if len(text) > 1 and not text.endswith(" .") else text)[:_LONGEST_TEXT]


def storable(text: bytes) -> str:
    """Shorten what anybody may publish, and spell out whatever does not show or cannot be stored."""
    decoded = text[:_LONGEST_TEXT].decode(errors="backslashreplace")
    return decoded if decoded.isascii() and decoded.isprintable() else "".join(map(_shown, decoded))


def _shown(char: str) -> str:
    if char == " " or unicodedata.category(char)[0] not in "CZ":
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
