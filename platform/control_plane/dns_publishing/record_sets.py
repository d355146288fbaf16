"""Record sets as a provider's zone has them, in one form whatever the provider's own is."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

_STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(\d{3}|.)", re.DOTALL)
_WITH_TARGET = ("CNAME", "MX", "SRV", "NS")


class RecordSet(msgspec.Struct, frozen=True):
    """All records of one name and type; the name in lower case without its last dot, TXT as one text without quotes."""

    name: str
    type: str
    values: tuple[str, ...]
    ttl_seconds: int = 3600


Place: TypeAlias = tuple[str, str]
"""Name and type."""


def gathered(records: Sequence[tuple[str, str, str, int]]) -> list[RecordSet]:
    """Put single records (name, type, value, TTL), as a provider tells them, together in sets."""
    sets: dict[Place, list[str]] = {}
    ttls: dict[Place, int] = {}
    for name, record_type, value, ttl_seconds in records:
        place = canonical_name(name), record_type.upper()
        sets.setdefault(place, []).append(canonical_value(place[1], value))
        ttls[place] = ttl_seconds
    return [RecordSet(*place, tuple(values), ttls[place]) for place, values in sets.items()]


def by_name(sets: Sequence[RecordSet]) -> dict[str, dict[str, RecordSet]]:
    """Sort sets by name, then type."""
    found: dict[str, dict[str, RecordSet]] = {}
    for each in sets:
        found.setdefault(each.name, {})[each.type] = each
    return found


def values_at(sets: Mapping[str, Mapping[str, RecordSet]], name: str, record_type: str) -> tuple[str, ...]:
    """Give what stands at a place; nothing when there is no such set."""
    found = sets.get(name, {}).get(record_type)
    return found.values if found else ()


def canonical_name(name: str) -> str:
    """Give a name's one form; some providers write the zone itself as `@`."""
    return name.lower().rstrip(".").removeprefix("@.")


def canonical_value(record_type: str, value: str) -> str:
    """Give a value's one form."""
    if record_type == "TXT":
        return plain_text(value)
    words = value.split()
    if record_type in _WITH_TARGET and words:
        return " ".join([*words[:-1], words[-1].lower().rstrip(".") or "."])
    return " ".join(words)


def plain_text(value: str) -> str:
    """Take a TXT value out of its quotes, if it has any: several strings are one text (RFC 7208 §3.3)."""
    stripped = value.strip()
    if not stripped.startswith('"') or not stripped.endswith('"') or len(stripped) < 2:
        return value
    octets = b"".join(_unescaped(string) for string in _STRINGS.findall(stripped))
    return octets.decode(errors="backslashreplace")


def _unescaped(string: str) -> bytes:
    octets = bytearray()
    last = 0
    for found in _ESCAPE.finditer(string):
        octets += string[last : found.start()].encode()
        digits = found[1]
        octets += bytes([int(digits) & 255]) if digits.isdecimal() and len(digits) == 3 else digits.encode()
        last = found.end()
    return bytes(octets + string[last:].encode())
