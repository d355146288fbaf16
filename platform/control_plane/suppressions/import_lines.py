"""Lines of a file of addresses, as other platforms and spreadsheets write them, made into entries: pure, line by line.

CSV with a first line that names its columns, or with addresses alone; or JSON lines (`application/x-ndjson`).
"""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from control_plane.ip_pools.schemas import Stream
from control_plane.messages.addresses import BadAddress
from control_plane.suppressions.addresses import read
from control_plane.suppressions.schemas import NOTE_MAX, NewSuppression, Reason

Form: TypeAlias = Literal["csv", "jsonl"]

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_COLUMNS = {
    "email": "email",
    "emailaddress": "email",
    "address": "email",
    "recipient": "email",
    "reason": "reason",
    "suppressionreason": "reason",
    "type": "reason",
    "stream": "stream",
    "note": "note",
    "error": "note",
    "description": "note",
}
"""What columns are called, here and in the exports of Postmark, SES, SendGrid and Mailgun."""
_REASONS: dict[str, Reason] = {
    "hardbounce": "hard_bounce",
    "bounce": "hard_bounce",
    "bounced": "hard_bounce",
    "softbounce": "soft_bounce",
    "complaint": "complaint",
    "complained": "complaint",
    "spamcomplaint": "complaint",
    "spamreport": "complaint",
    "spam": "complaint",
    "unsubscribe": "unsubscribe",
    "unsubscribed": "unsubscribe",
    "manual": "manual",
    "manualsuppression": "manual",
}
_STREAMS: dict[str, Stream | None] = {"transactional": "transactional", "broadcast": "broadcast", "": None}
_WORDLESS = re.compile(r"[^a-z]")
_FORMULA = re.compile(r"'(?=[=+\-@])")
"""What our own export, and others', put before what a spreadsheet would take for a formula."""


class Defaults(msgspec.Struct, frozen=True):
    """What holds for lines that do not say it."""

    reason: Reason
    stream: Stream | None = None
    for_clients: bool = False


class Fault(msgspec.Struct, frozen=True):
    """A line that was left out."""

    line: int
    message: str


class ReadPart(msgspec.Struct, frozen=True):
    """What stands in a part of a file."""

    entries: tuple[NewSuppression, ...]
    faults: tuple[Fault, ...]
    lines: int
    columns: tuple[str, ...] | None
    """Of a CSV file; the first part's first line names them."""


class _Wrong(ValueError):
    """A line that cannot be taken; the message says why."""


class _Line(msgspec.Struct, frozen=True):
    email: str = ""
    reason: str | None = None
    stream: str | None = None
    note: str | None = None


_json_line = msgspec.json.Decoder(_Line)


def read_part(
    content: bytes, form: Form, defaults: Defaults, columns: Sequence[str] | None, lines_before: int
) -> ReadPart:
    """Read a part of whole lines; `lines_before` were in the parts before it."""
    lines = content.decode(errors="replace").replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    known = tuple(columns) if columns is not None else None
    entries: list[NewSuppression] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=lines_before + 1):
        text = line.lstrip(_MARK).strip()
        try:
            if form == "csv" and known is None and text:
                known, is_head = _columns_of(_cells(text))
                if is_head:
                    continue
            if text:
                entries.append(_entry(_fields(text, form, known or ()), defaults))
        except _Wrong as wrong:
            faults.append(Fault(number, str(wrong)))
    return ReadPart(tuple(entries), tuple(faults), len(lines), known)


def _columns_of(cells: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Say what the columns hold, and whether the first line said it."""
    named = tuple(_COLUMNS.get(_WORDLESS.sub("", cell.lower()), "") for cell in cells)
    return (named, True) if "email" in named else (("email", "reason", "stream", "note"), False)


def _fields(text: str, form: Form, columns: Sequence[str]) -> _Line:
    if form == "csv":
        named = {name: cell for name, cell in zip(columns, _cells(text), strict=False) if name and cell}
        return _Line(**named)
    try:
        return _json_line.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise _Wrong("This is not a JSON object with an email.") from error


def _cells(text: str) -> list[str]:
    delimiter = ";" if ";" in text and "," not in text else ","
    try:
        [cells] = list(csv.reader([text], delimiter=delimiter, strict=True))
    except (csv.Error, ValueError) as error:
        raise _Wrong("This line cannot be read: check its quotation marks.") from error
    return [_FORMULA.sub("", cell.strip(), count=1) for cell in cells]


def _entry(line: _Line, defaults: Defaults) -> NewSuppression:
    try:
        email = read(line.email)
    except BadAddress as error:
        raise _Wrong(str(error)) from error
    return NewSuppression(
        email=email,
        reason=defaults.reason if not line.reason else _reason(line.reason),
        source="import",
        stream=defaults.stream if line.stream is None else _stream(line.stream),
        note="".join(_printable(line.note or ""))[:NOTE_MAX],
        for_clients=defaults.for_clients,
    )


def _reason(text: str) -> Reason:
    reason = _REASONS.get(_WORDLESS.sub("", text.lower()))
    if reason is None:
        raise _Wrong("There is no such reason: use hard_bounce, soft_bounce, complaint, unsubscribe or manual.")
    return reason


def _stream(text: str) -> Stream | None:
    stream = text.strip().lower()
    if stream not in _STREAMS:
        raise _Wrong("There is no such stream: use transactional, broadcast, or leave it empty.")
    return _STREAMS[stream]


def _printable(text: str) -> Iterator[str]:
    return (character if character.isprintable() else " " for character in text)
