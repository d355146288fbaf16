"""Say of what is in a DMARC report who sent it: a pure decision."""

from collections.abc import Collection, Iterable

import msgspec

from control_plane.reports.reading import DmarcRecord
from control_plane.reports.schemas import Kind

_PASSED_ON = frozenset({"forwarded", "trusted_forwarder", "mailing_list"})
"""Reasons of RFC 7489 §7.2 by which a reporter says that somebody passed the mail on."""


class OurMarks(msgspec.Struct, frozen=True, kw_only=True):
    """What our own mail of a domain is known by."""

    domain: str
    addresses: Collection[str]
    """Of those in the report, the ones that are or were ours."""
    selectors: Collection[str]


def kind_of(record: DmarcRecord, marks: OurMarks) -> Kind:
    """Say who sent these messages."""
    if record.source_ip in marks.addresses:
        return "ours"
    if any(domain == marks.domain and selector in marks.selectors for domain, selector in record.dkim):
        return "ours" if record.spf_aligned else "forwarded"
    if record.dkim_aligned or record.spf_aligned:
        return "service"
    return "forwarded" if _PASSED_ON.intersection(record.reasons) else "foreign"


def is_about(name: str, domain: str) -> bool:
    """Say whether a name is the domain or below it."""
    return name == domain or name.endswith(f".{domain}")


def own_records(records: Iterable[DmarcRecord], domain: str) -> list[DmarcRecord]:
    """Keep what is about the domain; a record without an author's domain is about the one that the report is about."""
    return [each for each in records if is_about(each.header_from or domain, domain)]
