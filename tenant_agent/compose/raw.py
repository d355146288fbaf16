"""Completes a message that came as a whole: what it lacks is added, nothing else is touched (RFC 6409 §8)."""

import re
from collections.abc import Mapping

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\A\r?\n")


def completed(message: bytes, fields: Mapping[bytes, bytes]) -> bytes:
    """Put those fields in front that the message has not; they go by their names in lower case."""
    header = header_of(message)
    missing = [field for name, field in fields.items() if not _has(header, name)]
    return b"".join(missing) + message


def header_of(message: bytes) -> bytes:
    """Give what stands before the empty line."""
    end = _END_OF_HEADER.search(message)
    return message if end is None else message[: end.start()]


def _has(header: bytes, name: bytes) -> bool:
    return re.search(rb"^" + re.escape(name) + rb"[ \t]*:", header, re.IGNORECASE | re.MULTILINE) is not None
