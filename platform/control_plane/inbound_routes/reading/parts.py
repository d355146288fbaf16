"""The parts of a mail as spans of its bytes (RFC 2046 §5.1), found in time that grows with its length."""

import base64
import binascii
from collections.abc import Iterator

import msgspec

from control_plane.inbound_routes.reading import fields
from control_plane.inbound_routes.reading.fields import Fields
from control_plane.inbound_routes.reading.problems import Problems

MOST_PARTS = 1000
DEEPEST = 50
_MOST_LINES = 20_000
"""That look like a boundary, in all."""
_LEAST_SCANNED = 32 * 1024 * 1024
_MOST_PASSES = 4
"""Times the mail's length may be looked through, level by level."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part without parts in it."""

    content_type: str
    charset: str
    disposition: str
    filename: str
    content_id: str
    coding: str
    start: int
    end: int

    def content(self, raw: bytes, most: int | None = None) -> bytes:
        """Give its content, decoded as far as it can be; about the first `most` bytes."""
        data = raw[self.start : self.end if most is None else min(self.end, self.start + 2 * most)]
        try:
            if self.coding == "base64":
                return _from_base64(data)
            return binascii.a2b_qp(data) if self.coding == "quoted-printable" else data
        except binascii.Error:
            return data


class _Entity(msgspec.Struct, frozen=True):
    start: int
    end: int
    depth: int


class Walk:
    """One walk through a mail."""

    def __init__(self, raw: bytes, problems: Problems) -> None:
        self._raw = raw
        self._problems = problems
        self._lines_left = _MOST_LINES
        self._bytes_left = max(_MOST_PASSES * len(raw), _LEAST_SCANNED)

    def leaves(self, start: int, end: int, header: Fields) -> Iterator[Part]:
        """Give the parts in their order; `header` is that of the mail, whose body is from `start` to `end`."""
        waiting = [_Entity(start, end, 0)]
        known: Fields | None = header
        seen = 0
        while waiting:
            entity = waiting.pop()
            body = entity.start
            if known is None:
                known, body = fields.split(self._raw, entity.start, entity.end, self._problems)
            inner = self._inner(known, body, entity)
            if inner is None:
                seen += 1
                if seen > MOST_PARTS:
                    self._problems.note("It has more than 1,000 parts: the rest is left out.")
                    return
                yield _part(known, body, entity.end)
            else:
                waiting += reversed(inner)
            known = None

    def _inner(self, header: Fields, body: int, entity: _Entity) -> list[_Entity] | None:
        """Give what is in a multipart; None for a part that is none, or is not looked into."""
        kind, given = fields.parameters(fields.first(header, "content-type"))
        boundary = given.get("boundary", "").encode("utf-8", "replace")
        if not kind.startswith("multipart/"):
            return None
        if not boundary or len(boundary) > 200:
            self._problems.note("A part is said to have parts, and not where they begin: it is taken for one.")
            return None
        if entity.depth >= DEEPEST or not self._may_scan(entity.end - body):
            self._problems.note("Its parts are nested too deeply: what is further inside is not read.")
            return None
        starts = list(self._starts(b"--" + boundary, body, entity.end))
        return [_Entity(begin, until, entity.depth + 1) for begin, until in starts]

    def _may_scan(self, size: int) -> bool:
        self._bytes_left -= size
        return self._bytes_left >= 0

    def _starts(self, delimiter: bytes, body: int, end: int) -> Iterator[tuple[int, int]]:
        raw, begin = self._raw, -1
        at = body - 1 if raw.startswith(delimiter, body) else raw.find(b"\n" + delimiter, body, end)
        while at >= 0:
            self._lines_left -= 1
            if self._lines_left < 0:
                self._problems.note("It has more boundaries than are read: the rest is left out.")
                break
            after = at + 1 + len(delimiter)
            is_last = raw.startswith(b"--", after)
            rest = raw[after : after + 1]
            if is_last or rest in (b"", b"\r", b"\n", b" ", b"\t"):
                if begin >= 0:
                    yield begin, _without_line_end(raw, at)
                if is_last:
                    return
                line_end = raw.find(b"\n", after, end)
                begin = end if line_end < 0 else line_end + 1
                at = raw.find(b"\n" + delimiter, max(begin - 1, after), end)
            else:
                at = raw.find(b"\n" + delimiter, after, end)
        if begin >= 0:
            self._problems.note("A part has no end: all that follows is taken for a part of it.")
            yield begin, end


def _part(header: Fields, start: int, end: int) -> Part:
    kind, given = fields.parameters(fields.first(header, "content-type"))
    disposition, placed = fields.parameters(fields.first(header, "content-disposition"))
    return Part(
        content_type=kind if "/" in kind else "text/plain",
        charset=given.get("charset", ""),
        disposition=disposition,
        filename=placed.get("filename") or given.get("name", ""),
        content_id=fields.first(header, "content-id").strip(" <>")[:250],
        coding=fields.first(header, "content-transfer-encoding").strip().lower(),
        start=min(start, end),
        end=end,
    )


def _without_line_end(raw: bytes, at: int) -> int:
    return at - 1 if at > 0 and raw[at - 1 : at] == b"\r" else at


def _from_base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:  # what is too much at its end is left out
        letters = data.translate(None, delete=b" \t\r\n=")
        return base64.b64decode(letters[: len(letters) - len(letters) % 4])
