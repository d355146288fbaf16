"""Content as DATA takes it, however it comes in pieces: CR and LF only together, dots doubled (RFC 5321 §4.5.2)."""

import re

_LONE_LINE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_END = b".\r\n"


def with_whole_breaks(literal: bytes) -> bytes:
    """Put CR and LF together where they stand alone."""
    breaks = literal.count(b"\r\n")
    if literal.count(b"\n") == breaks and literal.count(b"\r") == breaks:
        return literal
    return _LONE_LINE_BREAK.sub(b"\r\n", literal)


def on_the_wire(message: bytes) -> bytes:
    """Write a whole content, with its end."""
    stuffing = Stuffing()
    return stuffing.feed(with_whole_breaks(message)) + stuffing.end()


class Stuffing:
    """Doubles dots at the beginning of lines, and ends the last line."""

    def __init__(self) -> None:
        self._before = b""
        """The last two bytes that came."""

    def feed(self, data: bytes) -> bytes:
        """Take a piece whose line breaks are whole; gives it as it is sent."""
        if not data:
            return b""
        before, self._before = self._before, (self._before + data)[-2:]
        stuffed = data.replace(b"\r\n.", b"\r\n..")
        if before in (b"", b"\r\n") and data.startswith(b"."):
            return b"." + stuffed
        if before[-1:] == b"\r" and data.startswith(b"\n."):
            return stuffed[:1] + b"." + stuffed[1:]
        return stuffed

    def end(self) -> bytes:
        """Give what stands behind all of it."""
        return _END if self._before == b"\r\n" else b"\r\n" + _END
