"""Record sets as a provider's zone has them, in one form whatever the provider's own is."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

_STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(\d{3}|.)", re.DOTALL)
_WITH_TARGET = ("CNAME", "MX", "SRV", "NS")
_MOST_SECONDS = 2**31 - 1  # RFC 2181 §8
_RAW = 0xF700
"""Octets that are no text, and NUL, which is not stored, are written as private characters from here on."""


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
        if place[1].isascii() and place[1].isalnum():
            sets.setdefault(place, []).append(canonical_value(place[1], value))
            ttls[place] = min(max(ttl_seconds, 0), _MOST_SECONDS)
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
    words = value.replace("\0", "").split()
    if record_type in _WITH_TARGET and words:
        return " ".join([*words[:-1], words[-1].lower().rstrip(".") or "."])
    return " ".join(words)


def plain_text(value: str) -> str:
    """Take a TXT value out of its quotes, if it has any: several strings are one text (RFC 7208 §3.3)."""
    stripped = value.strip()
    if not stripped.startswith('"') or not stripped.endswith('"') or len(stripped) < 2:
        return text_of(value.encode(errors="replace"))
    return text_of(b"".join(_unescaped(string) for string in _STRINGS.findall(stripped)))


def text_of(octets: bytes) -> str:
    """Read a TXT value so that it can be stored, shown, and written back exactly as it was."""
    return "".join(map(_storable, octets.decode(errors="surrogateescape")))


def octets_of(text: str) -> bytes:
    """Give the octets that `text_of` has read."""
    return b"".join(bytes([ord(char) - _RAW]) if _is_raw(char) else char.encode() for char in text)


def _storable(char: str) -> str:
    if char != "\0" and not _is_raw(char) and not 0xDC80 <= ord(char) <= 0xDCFF:
        return char
    return "".join(chr(_RAW + octet) for octet in char.encode(errors="surrogateescape"))


def _is_raw(char: str) -> bool:
    return _RAW <= ord(char) < _RAW + 256


def _unescaped(string: str) -> bytes:
    octets = bytearray()
    last = 0
    for found in _ESCAPE.finditer(string):
        octets += string[last : found.start()].encode()
        digits = found[1]
        octets += bytes([int(digits) & 255]) if digits.isdecimal() and len(digits) == 3 else digits.encode()
        last = found.end()
    return bytes(octets + string[last:].encode())
