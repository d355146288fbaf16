"""Records between the form in which they are wished for and dnspython's."""

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rdtypes.ANY.TXT

from control_plane.dns_zone.errors import NameRefused
from control_plane.dns_zone.schemas import ZoneRecord

_STRING_OCTETS = 255  # RFC 1035 §3.3: a TXT record is a sequence of strings of at most this length
_LONGEST_TEXT = 4000
_TYPES = frozenset({"A", "AAAA", "TXT", "CNAME", "MX", "SRV", "CAA", "TLSA"})


def to_rdataset(record: ZoneRecord) -> dns.rdataset.Rdataset:
    """Give the records as they go on the wire; raises `NameRefused` for what is no such record."""
    if record.type not in _TYPES:
        raise NameRefused(f"{record.type!r} records are not written")
    try:
        return dns.rdataset.from_rdata_list(record.ttl_seconds, [_rdata(record.type, value) for value in record.values])
    except (dns.exception.DNSException, ValueError) as error:
        raise NameRefused(f"{record.name} {record.type}: {error}") from error


def to_record(name: str, found: dns.rdataset.Rdataset) -> ZoneRecord:
    """Give what a server holds in the form in which it is wished for."""
    values = tuple(_text(rdata) for rdata in found)
    return ZoneRecord(name=name, type=dns.rdatatype.to_text(found.rdtype), values=values, ttl_seconds=found.ttl)


def is_held(wanted: ZoneRecord, held: ZoneRecord) -> bool:
    """Say whether what a server holds, read by `to_record`, is what was wished for."""
    canonical = to_record(wanted.name, to_rdataset(wanted))
    return canonical.ttl_seconds == held.ttl_seconds and set(canonical.values) == set(held.values)


def _rdata(record_type: str, value: str) -> dns.rdata.Rdata:
    if record_type == "TXT":
        return _txt(value.encode())
    if not value.isprintable():
        raise ValueError("a record is one line")
    return dns.rdata.from_text("IN", record_type, value, origin=dns.name.root, relativize=False)


def _txt(raw: bytes) -> dns.rdata.Rdata:
    if len(raw) > _LONGEST_TEXT or b"\0" in raw:
        raise ValueError("the text is too long, or has NUL in it")
    strings = [raw[start : start + _STRING_OCTETS] for start in range(0, len(raw), _STRING_OCTETS)] or [b""]
    return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)


def _text(rdata: dns.rdata.Rdata) -> str:
    if isinstance(rdata, dns.rdtypes.ANY.TXT.TXT):
        return b"".join(rdata.strings).decode(errors="replace")
    return rdata.to_text()
