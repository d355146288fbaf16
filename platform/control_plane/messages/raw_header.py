"""The header of a message that came as a whole: cut into its fields, which stay as they were written."""

import re
from collections.abc import Sequence

import msgspec

from tenant_agent import wire

_LONE_LINE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*+:([^\r\n]*+(?:\r\n[ \t][^\r\n]*+)*+)\r\n")


class UnreadableHeader(ValueError):
    """It is no header; the message says why."""


class HeaderField(msgspec.Struct, frozen=True):
    """One field."""

    name: str
    value: str
    """On one line."""
    written: bytes
    """All of it, with its line breaks."""

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return self.name.lower()


def cut(message: bytes) -> tuple[list[HeaderField], bytes]:
    """Give a message's fields and its body; raises `UnreadableHeader`. Line breaks are CRLF from here on."""
    message = with_line_breaks(message)
    header, blank, body = message.partition(b"\r\n\r\n")
    if message.startswith(b"\r\n"):
        header, blank, body = b"", b"\r\n", message[2:]
    if len(header) > wire.MOST_HEADER_BYTES:
        raise UnreadableHeader(f"The header is longer than {wire.MOST_HEADER_BYTES // 1024} KiB.")
    return _fields(header + b"\r\n" if blank else header.rstrip(b"\r\n") + b"\r\n"), body


def put_together(fields: Sequence[HeaderField], body: bytes) -> bytes:
    """Write fields and body as a message."""
    return b"".join([*(field.written for field in fields), b"\r\n", body])


def _fields(header: bytes) -> list[HeaderField]:
    fields: list[HeaderField] = []
    at = 0
    while at < len(header):
        found = _FIELD.match(header, at)
        if found is None or len(fields) == wire.MOST_HEADER_FIELDS:
            raise UnreadableHeader(f"The header's field number {len(fields) + 1} cannot be read, or is one too many.")
        fields.append(HeaderField(found[1].decode("ascii"), _one_line(found[2]), found[0]))
        at = found.end()
    return fields


def _one_line(value: bytes) -> str:
    if b"\0" in value:
        raise UnreadableHeader("The header holds NUL.")
    try:
        return value.replace(b"\r\n", b"").decode().strip()
    except UnicodeDecodeError as error:
        raise UnreadableHeader("The header is neither ASCII nor UTF-8.") from error


def with_line_breaks(message: bytes) -> bytes:
    """Have CR and LF only together: what one server takes for a line's end, and the next does not, hides commands."""
    breaks = message.count(b"\r\n")
    if message.count(b"\n") == breaks and message.count(b"\r") == breaks:
        return message
    return _LONE_LINE_BREAK.sub(b"\r\n", message)
