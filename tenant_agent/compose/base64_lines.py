"""Base64 in lines (RFC 2045 §6.8), of what comes piece by piece."""

from binascii import b2a_base64

_LINE = 76
_LINE_BYTES = _LINE // 4 * 3


def base64_lines(data: bytes) -> bytes:
    """Write lines with line breaks between them, and none behind the last."""
    text = b2a_base64(data, newline=False)
    return b"\r\n".join([text[start : start + _LINE] for start in range(0, len(text), _LINE)])


class Base64Lines:
    """Writes the same as `base64_lines`, whatever the pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._has_begun = False

    def feed(self, data: bytes) -> bytes:
        """Take a piece; gives the lines that are full with it."""
        data = self._rest + data
        end = len(data) - len(data) % _LINE_BYTES
        self._rest = data[end:]
        return self._written(data[:end])

    def end(self) -> bytes:
        """Give what remains."""
        return self._written(self._rest)

    def _written(self, data: bytes) -> bytes:
        if not data:
            return b""
        lines = base64_lines(data)
        if self._has_begun:
            return b"\r\n" + lines
        self._has_begun = True
        return lines
