"""Finds out what a mail to a return path is; what cannot be taken apart safely is read as plain text."""

import email
import re
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser

from control_plane.bounces.reading import automatic
from control_plane.bounces.reading.dsn import read_dsn
from control_plane.bounces.reading.kinds import Returned
from control_plane.bounces.reading.odd import in_own_words, read_odd
from control_plane.bounces.reading.text import decoded, unfolded

_MOST = 256 * 1024
"""Nodes hand up no more of a bounce."""
_FOR_ODD = 64 * 1024
_LONGEST_HEADER = 64 * 1024
_MOST_NESTED = 40
_NESTED = re.compile(rb"boundary[*0-9]{0,9}\s{0,9}=|content-type:\s{0,9}message/", re.IGNORECASE)
_LONG_FIELD = re.compile(rb"[^\r\n]{4000}|(?:\r?\n[ \t][^\r\n]*){100}")
"""Some fields are read in time that goes by the square of their length."""
_COMPLAINT = re.compile(r"^content-type:[^\n]{0,500}report-type\s*=\s*\"?feedback-report", re.IGNORECASE | re.MULTILINE)


def read(raw: bytes) -> Returned:
    """Read what came back."""
    raw = raw[:_MOST]
    text = decoded(raw)
    if _COMPLAINT.search(unfolded(text[:_LONGEST_HEADER].partition("\n\n")[0])):
        return Returned(kind="complaint")
    return read_dsn(text) or _by_its_look(raw, text)


def _by_its_look(raw: bytes, text: str) -> Returned:
    mail = _headers(raw)
    if automatic.is_challenge(mail):
        return Returned(kind="challenge")
    if automatic.is_auto_reply(mail):
        return Returned(kind="auto_reply")
    found = _odd(raw[:_FOR_ODD], text[:_FOR_ODD])
    if found is None and automatic.tells_of_failure(mail):
        found = in_own_words(text[:_FOR_ODD])
    return found or Returned(kind="unreadable")


def _headers(raw: bytes) -> Message:
    """Read the header alone; its fields as they stand."""
    end = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:_LONGEST_HEADER]
    return BytesParser().parsebytes(end + b"\n\n", headersonly=True)


def _odd(raw: bytes, text: str) -> Returned | None:
    if sum(1 for _ in zip(_NESTED.finditer(raw), range(_MOST_NESTED + 1), strict=False)) > _MOST_NESTED:
        return None
    if _LONG_FIELD.search(raw):
        return None
    try:
        return read_odd(email.message_from_bytes(raw), text)
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None  # other people's readers meet what nobody has ever written
