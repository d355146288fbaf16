"""Public ids: a prefix that names the kind, then a UUIDv7 in 26 characters of lower-case base32hex, sorted by time."""

import hashlib
import re
import secrets
import time
from datetime import UTC, datetime
from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
NodeId = NewType("NodeId", UUID)

_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SHIFTS = range(120, -1, -10)  # 26 digits hold 130 bits: the UUID's, then two that are 0
_BARE = re.compile(r"[0-9a-v]{25}[048cgkos]")


class MalformedId(ValueError):
    """The text is not an id of the expected kind."""


def new_uuid(at_ms: int | None = None) -> UUID:
    """Make a UUIDv7 (RFC 9562 §5.7) for the given Unix time in milliseconds, or for now."""
    milliseconds = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    random_bits = secrets.randbits(74)
    value = milliseconds << 80 | 0x7 << 76 | (random_bits >> 62) << 64 | 0b10 << 62 | random_bits & ((1 << 62) - 1)
    return UUID(int=value)


def made_of(facts: str, at: datetime) -> UUID:
    """Make an id of what happened at a moment, shaped like a UUIDv7 (RFC 9562 §5.7), so that a repeat has the same."""
    bits = int.from_bytes(hashlib.sha256(facts.encode("utf-8", "replace")).digest()[:10])
    random_bits = 0x7 << 76 | (bits >> 68) << 64 | 0b10 << 62 | bits & ((1 << 62) - 1)
    return UUID(int=lower_bound(at).int | random_bits)


def lower_bound(at: datetime) -> UUID:
    """Give the smallest UUID that an id made at this moment can have; partitions and time filters are cut there."""
    return UUID(int=max(int(at.timestamp() * 1000), 0) << 80)  # before 1970 nothing was made


def time_ms_of(value: UUID) -> int:
    """Read the Unix time in milliseconds out of a UUIDv7."""
    return value.int >> 80


def time_of(value: UUID) -> datetime:
    """Read the moment out of a UUIDv7, in UTC."""
    return datetime.fromtimestamp(time_ms_of(value) / 1000, UTC)


def bare(value: UUID) -> str:
    """Write a UUID as 26 characters of lower-case base32hex, without a prefix."""
    bits = value.int << 2
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def from_bare(text: str) -> UUID:
    """Read what `bare` wrote; raises `MalformedId` on anything else, upper case included."""
    if not _BARE.fullmatch(text):
        raise MalformedId(text)
    return UUID(int=int(text, 32) >> 2)


def encode(prefix: str, value: UUID) -> str:
    """Write a public id, such as `msg_06f…`."""
    return f"{prefix}_{bare(value)}"


def decode(prefix: str, text: str) -> UUID:
    """Read a public id of this kind; raises `MalformedId` when it is of another kind or malformed."""
    found, _, rest = text.partition("_")
    if found != prefix:
        raise MalformedId(text)
    return from_bare(rest)
