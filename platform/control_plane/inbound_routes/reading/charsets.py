"""Bytes made into text, whatever the mail says that they are written in."""

import re

from control_plane.core.charsets import known_charset

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNTOLD = "utf-8"


def text_of(data: bytes, charset: str) -> tuple[str, bool]:
    """Give the text, and whether all of it could be read; what cannot be is replaced."""
    name = known_charset(charset) if charset else _UNTOLD
    try:
        return _fit(data.decode(name or _UNTOLD)), name is not None
    except (UnicodeError, ValueError):
        return _fit(data.decode(name or _UNTOLD, "replace")), False


def _fit(text: str) -> str:
    """Leave out what can be stored nowhere."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
