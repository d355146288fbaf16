"""Sendmail's milter protocol, version 6, as far as Postfix and we need it: packets, and what is left out of it.

A packet is four bytes of length, one that says what it is, and data. There is no RFC; what Postfix sends is in its
`milter8.c`, and MILTER_README says which macros come when.
"""

import asyncio
import struct
from typing import Final, NamedTuple

_LONGEST = 1024 * 1024
"""Postfix sends pieces of 64 KiB, and headers of 100 KiB."""

# What Postfix says
NEGOTIATE: Final = b"O"
MACROS: Final = b"D"
CONNECT: Final = b"C"
MAIL: Final = b"M"
RECIPIENT: Final = b"R"
HEADER: Final = b"L"
BODY: Final = b"B"
END: Final = b"E"
ABORT: Final = b"A"
QUIT: Final = b"Q"

# What it is answered
CONTINUE: Final = b"c"
ACCEPT: Final = b"a"
"""Ask nothing more about this message."""
DISCARD: Final = b"d"
"""Say that all is well, and forget the message."""
REPLY: Final = b"y"

_VERSION = 6
_NO_ACTIONS = 0
_NO_HELO, _NO_END_OF_HEADERS, _NO_UNKNOWN, _NO_DATA = 0x2, 0x40, 0x100, 0x200
_NO_ANSWER_TO_HEADER, _NO_ANSWER_TO_CONNECT, _NO_ANSWER_TO_BODY = 0x80, 0x1000, 0x80000
_SPACE_BEFORE_VALUES = 0x100000
_WANTED = (
    _NO_HELO
    | _NO_END_OF_HEADERS
    | _NO_UNKNOWN
    | _NO_DATA
    | _NO_ANSWER_TO_HEADER
    | _NO_ANSWER_TO_CONNECT
    | _NO_ANSWER_TO_BODY
    | _SPACE_BEFORE_VALUES
)
_NEGOTIATION = struct.Struct(">III")
_LENGTH = struct.Struct(">I")
_PORT_BYTES = 2


class ProtocolError(Exception):
    """What came is no milter protocol, or one that lacks what is needed."""


class Packet(NamedTuple):
    """One thing that is said."""

    what: bytes
    data: bytes = b""


async def read(reader: asyncio.StreamReader) -> Packet | None:
    """Read the next packet; none at the end. Raises `ProtocolError`."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if not 0 < length <= _LONGEST:
            raise ProtocolError(f"a packet of {length} bytes")
        data = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Packet(data[:1], data[1:])


def written(packet: Packet) -> bytes:
    """Write a packet."""
    return _LENGTH.pack(1 + len(packet.data)) + packet.what + packet.data


def negotiated(offer: bytes) -> Packet:
    """Answer an offer: leave the mail unchanged, and be told nothing that is not needed. Raises `ProtocolError`."""
    try:
        version, _, events = _NEGOTIATION.unpack_from(offer)
    except struct.error as error:
        raise ProtocolError("an offer that is too short") from error
    if version < _VERSION or events & _WANTED != _WANTED:
        raise ProtocolError(f"version {version} with events {events:#x}")
    return Packet(NEGOTIATE, _NEGOTIATION.pack(_VERSION, _NO_ACTIONS, _WANTED))


def strings(data: bytes) -> list[bytes]:
    """Take strings apart, each of which ends with NUL."""
    return data.split(b"\0")[:-1]


def macros(data: bytes) -> dict[str, str]:
    """Read macros; their first byte names the packet that they come before."""
    texts = [text.decode("utf-8", "replace") for text in strings(data[1:])]
    return dict(zip(texts[::2], texts[1::2], strict=False))


def client_of(data: bytes) -> str:
    """Read the IP address out of a `CONNECT`; empty if there is none."""
    _, _, rest = data.partition(b"\0")
    address = rest[1 + _PORT_BYTES :].partition(b"\0")[0].decode("ascii", "replace")
    return address.removeprefix("IPv6:") if rest[:1] in {b"4", b"6"} else ""


def header_of(data: bytes) -> tuple[bytes, bytes]:
    """Read a header's name and value; raises `ProtocolError`."""
    texts = strings(data)
    if len(texts) != len(("name", "value")):
        raise ProtocolError("a header that is no name and value")
    return texts[0], texts[1]


def address_of(data: bytes) -> str:
    """Read the address of a `MAIL` or `RECIPIENT`, without its angle brackets; what follows are ESMTP's words."""
    text = data.partition(b"\0")[0].decode("utf-8", "replace")
    return text.removeprefix("<").removesuffix(">")


def asks_for_smtputf8(data: bytes) -> bool:
    """Say whether a `MAIL` or what it names is only fit for servers that know RFC 6531; raises `ProtocolError`."""
    texts = strings(data)
    if not texts:
        raise ProtocolError("a sender that does not end")
    address, *words = texts
    return not address.isascii() or any(word.upper() == b"SMTPUTF8" for word in words)


def reply(text: str) -> Packet:
    """Refuse with a code, an enhanced code and a sentence (RFC 3463)."""
    return Packet(REPLY, text.encode("ascii", "replace").replace(b"%", b"?") + b"\0")
