"""The header fields of a mail or of a part of one: split, unfolded and decoded (RFC 5322 §2.2, RFC 2047, RFC 2231)."""

import base64
import binascii
import re
from itertools import islice
from urllib.parse import unquote_to_bytes

from control_plane.inbound_routes.reading.charsets import text_of
from control_plane.inbound_routes.reading.problems import Problems

MOST_BYTES = 512 * 1024
"""Of one header."""
_MOST_FIELDS = 1000
_MOST_VALUE = 16_384
_MOST_PARAMETERS = 4096
"""Characters of a field with parameters, and how many of these are read."""
_MOST_GIVEN = 50

_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]{0,500})\?=", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bq]\?)", re.IGNORECASE)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*\\?(?:"|\Z)|[^;]*)', re.DOTALL)

Fields = tuple[tuple[str, str], ...]


def split(raw: bytes, start: int, end: int, problems: Problems) -> tuple[Fields, int]:
    """Give the fields of what begins at `start`, and where its body begins."""
    limit = min(end, start + MOST_BYTES)
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return (), start + (1 if raw[start : start + 1] == b"\n" else 2)
    found = _END.search(raw, start, limit)
    if found is None and limit < end:
        problems.note("A header is longer than 512 KiB: the rest is left out.")
    block = raw[start : found.start() if found else limit]
    return _fields(block, problems), found.end() if found else limit


def first(fields: Fields, name: str) -> str:
    """Give the first field of a name (in lower case); empty if there is none."""
    return next((value for each, value in fields if each.lower() == name), "")


def decoded(value: str) -> str:
    """Decode the encoded words of a field."""
    joined = _BETWEEN_WORDS.sub(r"\1", value)
    return _WORD.sub(lambda found: _word(*found.groups()), joined)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Give what a field says before its first `;` in lower case, and its parameters; what is split is joined."""
    short = value[:_MOST_PARAMETERS]
    pieces: dict[str, list[str]] = {}
    for found in islice(_PARAMETER.finditer(short), _MOST_GIVEN):
        name, _, extended = found[1].lower().partition("*")
        pieces.setdefault(name, []).append(_value(found[2], is_coded="*" in found[1] and _is_coded(extended)))
    return short.partition(";")[0].strip().lower(), {name: _told("".join(parts)) for name, parts in pieces.items()}


def _fields(block: bytes, problems: Problems) -> Fields:
    lines = _FOLD.sub(b"", block).replace(b"\r", b"").split(b"\n", _MOST_FIELDS)
    if len(lines) > _MOST_FIELDS:
        problems.note("A header has more than 1,000 fields: the rest is left out.")
        lines.pop()
    return tuple(field for line in lines if (field := _field(line, problems)) is not None)


def _field(line: bytes, problems: Problems) -> tuple[str, str] | None:
    found = _NAME.match(line)
    if found is None:
        if line.strip() and not line.startswith(b"From "):
            problems.note("A line of a header is no field: it is left out.")
        return None
    value = line[found.end() :].strip()
    if len(value) > _MOST_VALUE:
        problems.note("A field of a header is longer than 16 KiB: the rest is left out.")
    text, _ = text_of(value[:_MOST_VALUE], "" if _is_utf8(value[:_MOST_VALUE]) else "latin-1")
    return found[1].decode("ascii"), text


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _word(charset: str, coding: str, text: str) -> str:
    data = text.encode("ascii", "replace")
    try:
        raw = base64.b64decode(data + b"=" * (-len(data) % 4)) if coding in "bB" else binascii.a2b_qp(data, header=True)
    except binascii.Error:
        return text
    return text_of(raw, charset.partition("*")[0])[0]


def _is_coded(extended: str) -> bool:
    """Say whether a name `filename*`, `filename*0*` tells that its value is percent-coded."""
    return extended == "" or extended.endswith("*")


def _value(text: str, *, is_coded: bool) -> str:
    quoted = text.removeprefix('"').removesuffix('"')
    plain = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if text.startswith('"') else text.strip()
    if not is_coded:
        return decoded(plain)
    charset, quote, rest = plain.partition("'")
    coded = rest.partition("'")[2] if quote else plain
    return text_of(unquote_to_bytes(coded), charset if quote else "")[0]


def _told(text: str) -> str:
    return text.replace("\r", "").replace("\n", " ").replace("\t", " ").strip()
