"""Logos as agencies upload them: PNG, WebP or JPEG by their own bytes, never by what the upload says they are."""

import hashlib
import struct

from control_plane.agencies.schemas import Logo
from control_plane.core.errors import FieldError, Invalid

MOST_BYTES = 200_000
_LEAST_SIDE, _MOST_SIDE = 16, 2048
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers; the three others in the range mean something else."""
_DIGEST_CHARACTERS = 16

Size = tuple[int, int]


def read(content: bytes) -> Logo:
    """Check an upload; raises `Invalid` at `logo` with what is wrong and what would do."""
    if len(content) > MOST_BYTES:
        raise _refused("This picture is larger than 200 kB: save it smaller.")
    found = _kind(content)
    if found is None:
        raise _refused("This is no PNG, WebP or JPEG picture.")
    media_type, (width, height) = found
    if not all(_LEAST_SIDE <= side <= _MOST_SIDE for side in (width, height)):
        raise _refused(
            f"Use a picture of {_LEAST_SIDE} to {_MOST_SIDE} pixels on each side; this has {width} × {height}."
        )
    return Logo(content, media_type, hashlib.sha256(content).hexdigest()[:_DIGEST_CHARACTERS])


def _refused(message: str) -> Invalid:
    return Invalid(errors=(FieldError("logo", message),))


def _kind(content: bytes) -> tuple[str, Size] | None:
    """Give type and size; None for anything else, or for what breaks off."""
    try:
        if content.startswith(_PNG) and content[12:16] == b"IHDR":
            return "image/png", struct.unpack(">II", content[16:24])
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return "image/webp", _webp_size(content)
        if content.startswith(b"\xff\xd8\xff"):
            return "image/jpeg", _jpeg_size(content)
    except (struct.error, IndexError, ValueError):
        return None
    return None


def _webp_size(content: bytes) -> Size:
    form = content[12:16]
    if form == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if form == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError(form)


def _jpeg_size(content: bytes) -> Size:
    at = 2
    while content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + max(length, 2)
    raise ValueError(at)
