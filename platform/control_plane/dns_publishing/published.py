"""Which of a domain's records its owner publishes, and how their values are made up."""

import re
from collections.abc import Sequence

import msgspec

from control_plane.dns_publishing.record_sets import octets_of
from control_plane.mail_domains.schemas import DnsRecord, Purpose, RecordType

TTL_SECONDS = 3600
"""An hour: a mistake is soon put right, and resolvers are not asked all the time."""

PURPOSES: frozenset[Purpose] = frozenset(
    {
        "ownership",
        "dkim",
        "receiving",
        "spf",
        "return_path",
        "return_path_spf",
        "dmarc",
        "mail_host",
        "mta_sts",
        "mta_sts_host",
        "tls_rpt",
        "autoconfig",
        "autodiscover",
        "client_srv",
        "acme",
    }
)
"""The others are ours to set, or the customer's own choice: what stands in CAA would bind other certificates too."""

_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_TARGET_WORDS: dict[RecordType, int] = {"CNAME": 1, "MX": 2, "SRV": 4}
"""How many words a value has, the last of which is a name."""
_LONGEST_STRING = 255


class NotPublishable(ValueError):
    """A name or value that would not be one record in a zone; ours are checked before they leave the house."""


class Entry(msgspec.Struct, frozen=True):
    """A record to publish, checked: the name without its last dot, numbers and target apart."""

    name: str
    type: RecordType
    purpose: Purpose
    text: str = ""
    """Of TXT."""
    numbers: tuple[int, ...] = ()
    """Before the target: the preference of MX; priority, weight and port of SRV."""
    target: str = ""

    @property
    def value(self) -> str:
        """Give the value as the API writes it."""
        return self.text or " ".join([*map(str, self.numbers), self.target])


def entries(records: Sequence[DnsRecord]) -> list[Entry]:
    """List what is to be published, in the order of the page; raises `NotPublishable`."""
    return [_entry(record) for record in records if record.purpose in PURPOSES]


def strings_of(text: str) -> list[bytes]:
    """Cut a TXT value into strings of at most 255 octets (RFC 1035 §3.3.14)."""
    octets = octets_of(text)
    return [octets[start : start + _LONGEST_STRING] for start in range(0, len(octets), _LONGEST_STRING)] or [b""]


def quoted(octets: bytes) -> str:
    """Write a string as zone files do (RFC 1035 §5.1): whatever it holds, it stays one string."""
    return '"' + "".join(map(_escaped, octets)) + '"'


def _escaped(octet: int) -> str:
    if octet in b'"\\':
        return f"\\{chr(octet)}"
    return chr(octet) if 32 <= octet < 127 else f"\\{octet:03}"


def _entry(record: DnsRecord) -> Entry:
    name = _checked(record.host)
    if record.type == "TXT":
        return Entry(name, record.type, record.purpose, text=record.value)
    words = record.value.split(" ")
    if len(words) != _TARGET_WORDS.get(record.type) or not all(word.isdecimal() for word in words[:-1]):
        raise NotPublishable(f"not a value of {record.type}: {record.value!r}")
    target = "." if words[-1] == "." else _checked(words[-1])
    return Entry(name, record.type, record.purpose, numbers=tuple(map(int, words[:-1])), target=target)


def _checked(name: str) -> str:
    plain = name.lower().removesuffix(".")
    if not _NAME.fullmatch(plain):
        raise NotPublishable(f"not a name: {name!r}")
    return plain
