"""Find the reports in a mail: by what the parts hold, since what they are called is wrong often enough."""

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email.errors import MessageError
from email.message import Message

import msgspec

from control_plane.reports.reading.arf import ReadComplaint, parts_of, read_arf
from control_plane.reports.reading.dmarc import ReadDmarc, read_dmarc
from control_plane.reports.reading.refusal import Unreadable
from control_plane.reports.reading.tls_rpt import ReadTls, read_tls
from control_plane.reports.reading.unpack import unpack

_MOST = 40 * 1024 * 1024
_MOST_PARTS = 20
_MOST_LINES = 1_000_000
"""The parser's time goes by lines: 40 MB of base64 have half as many."""
_MOST_BOUNDARIES = 40
_BOUNDARY = re.compile(rb"boundary[*0-9]*\s*=", re.IGNORECASE)
_LONG_FIELD = re.compile(
    rb"(?:\A|[\r\n])content-[a-z-]{1,40}[ \t]*:(?:[^\r\n]|\r\n?[ \t]|\n[ \t]){4000}", re.IGNORECASE
)
"""The parser's time for a field goes by the square of its parameters."""
_NOT_PACKED = ("text/html",)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What one mail brought."""

    dmarc: tuple[ReadDmarc, ...] = ()
    tls: tuple[ReadTls, ...] = ()
    complaint: ReadComplaint | None = None


def read(raw: bytes, now: datetime) -> Letter:
    """Read the reports in a mail; raises `Unreadable` when there are none that can be read."""
    mail = _parse(raw)
    complaint = parts_of(mail)
    if complaint is not None:
        return Letter(complaint=read_arf(*complaint))
    dmarc, tls, problem = list[ReadDmarc](), list[ReadTls](), Unreadable("The mail has no report in it.")
    for data in _contents(mail):
        try:
            found = _report(data, now)
        except Unreadable as error:
            problem = error
            continue
        if isinstance(found, ReadDmarc):
            dmarc.append(found)
        elif found is not None:
            tls.append(found)
    if not dmarc and not tls:
        raise problem
    return Letter(dmarc=tuple(dmarc), tls=tuple(tls))


def _parse(raw: bytes) -> Message:
    if len(raw) > _MOST or raw.count(b"\n") > _MOST_LINES:
        raise Unreadable("The mail is too large to be a report.")
    if sum(1 for _ in zip(_BOUNDARY.finditer(raw), range(_MOST_BOUNDARIES + 1), strict=False)) > _MOST_BOUNDARIES:
        raise Unreadable("The mail has more parts than a report has.")
    if _LONG_FIELD.search(raw):
        raise Unreadable("The mail is damaged.")
    try:
        return email.message_from_bytes(raw)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable("The mail is damaged.") from error


def _contents(mail: Message) -> Iterator[bytes]:
    """Give the content of each part that could be a report."""
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    if len(leaves) > _MOST_PARTS:
        raise Unreadable("The mail has more parts than a report has.")
    for part in leaves:
        content = part.get_payload(decode=True) if part.get_content_type() not in _NOT_PACKED else None
        if isinstance(content, bytes) and content:
            yield content


def _report(data: bytes, now: datetime) -> ReadDmarc | ReadTls | None:
    """Read what a part holds; None if it is no report at all."""
    content = unpack(data)
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<", *_UTF16)):
        return read_dmarc(content.lstrip(b" \t\r\n"), now)
    if start.startswith(b"{"):
        return read_tls(content.lstrip(b"\xef\xbb\xbf \t\r\n"), now)
    if content is not data:
        raise Unreadable("The archive does not hold a report.")
    return None
