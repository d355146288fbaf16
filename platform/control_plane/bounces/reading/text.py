"""Text out of a mail that anybody may have written, made fit to be stored and shown."""

import re

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\s]+")
_FOLDED = re.compile(r"\r?\n[ \t]+")
LONGEST_REPLY = 1000


def line(text: str, longest: int = LONGEST_REPLY) -> str:
    """Give the text on one line, shortened."""
    return _UNFIT.sub(" ", text[: 4 * longest]).strip()[:longest]


def unfolded(text: str) -> str:
    """Put each header field on a line of its own (RFC 5322 §2.2.3)."""
    return _FOLDED.sub(" ", text)


def decoded(raw: bytes) -> str:
    """Read bytes as text, whatever they are."""
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")
