"""Colours that can be read, and pictures that are what they say: decided from the bytes alone."""

import struct
import zlib

import pytest

from control_plane.agencies import colours, logos
from control_plane.core.errors import Invalid


def png(width: int, height: int) -> bytes:
    """Make a picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x1d\x4f\xd0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ff0000", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert round(colours.contrast(one, other), 2) == expected
    assert colours.contrast(one, other) == colours.contrast(other, one)


@pytest.mark.parametrize("colour", ["#ffcc00", "#ffffff", "#777777", "#1d4fd0", "#00ff88"])
def test_the_suggested_shade_can_be_read(colour: str) -> None:
    for behind in (colours.PAPER, colours.NIGHT):
        shade = colours.nearest_readable(colour, behind)
        assert colours.readable(shade, behind)
        assert colours.readable(colour, behind) == (shade == colour)


@pytest.mark.parametrize("text", ["#fff", "#FFCC00", "red", "#12345g", "#123456;}*{", "#1234567", ""])
def test_only_whole_hexadecimal_colours_are_colours(text: str) -> None:
    assert not colours.is_colour(text)


def test_the_style_sheet_covers_both_themes_with_text_that_can_be_read() -> None:
    sheet = colours.style_sheet("#7a1fa2", "")
    assert sheet.count("--color-primary:") == 3
    assert ":root,[data-theme=light]{--color-primary:#7a1fa2;--color-primary-content:#ffffff}" in sheet


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 48, 64) + b"\x03"
WEBP_LOSSY = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 64, 48)
WEBP_LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + (63 | 47 << 14).to_bytes(4, "little")
WEBP_EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + (63).to_bytes(3, "little") + (47).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(64, 48), "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP_LOSSY, "image/webp"),
        (WEBP_LOSSLESS, "image/webp"),
        (WEBP_EXTENDED, "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_bytes(content: bytes, media_type: str) -> None:
    assert logos.read(content).media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html>" + png(64, 64),
        b"GIF89a" + b"\0" * 40,
        png(64, 64)[:18],  # broken off
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00" * 10,  # a segment that says it is empty
        b"RIFF\0\0\0\0WEBPVP8 ",
        png(8, 64),  # too small
        png(4096, 16),  # too wide
        b"\x89PNG\r\n\x1a\n" + b"\0" * 200_000,  # too large
    ],
)
def test_anything_else_is_refused_at_the_field(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        logos.read(content)
    assert refused.value.errors[0].path == "logo"
