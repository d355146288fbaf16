"""Finds long strings named `content` in JSON as it comes in, and writes what their base64 stands for to disk.

It knows as much of JSON as that takes: a quote that no backslash precedes ends a string, so `"content": "` with its
four quotes is a name and the beginning of its value, and nothing else can look so.
"""

import base64
import binascii
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

LONG_BYTES = 32 * 1024
"""What is longer does not stay in the database either."""
LONG_CHARACTERS = -(-LONG_BYTES // 3) * 4
_OPENING = re.compile(rb'(?<!\\)"content"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}"')
_NAME = b'"content"'
_LONGEST_OPENING = 64
_UNESCAPED = re.compile(rb'[^"\\]*')
_NOT_BASE64 = b"!"
_ON_DISK = Path("/var/tmp")  # noqa: S108 (files without names; where /tmp may be memory)


class SpooledFile:
    """A file on disk, as `core.blobs` takes it."""

    def __init__(self, spool: IO[bytes], start: int, size: int, sha256: bytes) -> None:
        self._spool = spool
        self._start = start
        self.size = size
        self.sha256 = sha256

    def read(self, piece_bytes: int) -> Iterator[bytes]:
        """Give the bytes in pieces."""
        for at in range(0, self.size, piece_bytes):
            yield os.pread(self._spool.fileno(), min(piece_bytes, self.size - at), self._start + at)

    def whole(self) -> bytes:
        """Give all of it."""
        return b"".join(self.read(1024 * 1024))


class _String:
    """A long string that is being read."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._start = spool.tell()
        self._hash = hashlib.sha256()
        self._rest = b""
        self._is_escaped = False
        self._has_ended = False
        self._is_base64 = True

    def feed(self, data: bytes) -> int | None:
        """Take what comes; gives how far into it the string goes, with its quote, if it ends there."""
        at = 0
        while at < len(data):
            if self._is_escaped:  # "\/" is how some write a slash; nothing else of base64 is ever escaped
                self._is_escaped = False
                self._decode(data[at : at + 1] if data[at : at + 1] == b"/" else _NOT_BASE64)
                at += 1
                continue
            found = _UNESCAPED.match(data, at)
            assert found is not None
            self._decode(data[at : found.end()])
            at = found.end() + 1
            if data[found.end() : at] == b'"':
                return at
            self._is_escaped = data[found.end() : at] == b"\\"
        return None

    def finish(self) -> SpooledFile | None:
        """Give the file; None: it was no base64."""
        if self._rest or not self._is_base64:
            return None
        self._spool.flush()
        return SpooledFile(self._spool, self._start, self._spool.tell() - self._start, self._hash.digest())

    def _decode(self, text: bytes) -> None:
        if not text or not self._is_base64:
            return
        text = self._rest + text
        end = len(text) - len(text) % 4
        self._rest = text[end:]
        if not end:
            return
        try:
            decoded = binascii.a2b_base64(text[:end], strict_mode=True)
        except binascii.Error:
            decoded, self._is_base64 = b"", False
        if self._has_ended:
            self._is_base64 = False
        self._has_ended = text[end - 1 : end] == b"="
        self._hash.update(decoded)
        self._spool.write(decoded)


class StringSpool:
    """The files of one body, in one file without a name; they are gone when the block ends."""

    def __init__(self, mark: Callable[[bytes, int], bytes]) -> None:
        self._mark = mark
        self._spool: IO[bytes] | None = None
        self._held = b""
        self._string: _String | None = None
        self.files: dict[bytes, SpooledFile] = {}
        """By their marks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._spool is not None:
            self._spool.close()

    def feed(self, data: bytes) -> bytes:
        """Take a piece of the body; gives what is known by now of the shorter one."""
        passed: list[bytes] = []
        while data:
            if self._string is None:
                data = self._look_for_opening(data, passed)
            else:
                data = self._go_on(self._string, data, passed)
        return b"".join(passed)

    def end(self) -> bytes:
        """Give what was held back; a string that has no end leaves a body that is no JSON."""
        return self._held

    def _disk(self) -> IO[bytes]:
        if self._spool is None:
            self._spool = tempfile.TemporaryFile(dir=_ON_DISK if _ON_DISK.is_dir() else None)  # noqa: SIM115
        return self._spool

    def _look_for_opening(self, data: bytes, passed: list[bytes]) -> bytes:
        """Pass on what comes before a long string, and give what is in it; hold back what may become one."""
        data, self._held = self._held + data, b""
        seen = looked_at = 0
        while (name := data.find(_NAME, looked_at)) >= 0:
            looked_at = name + 1
            found = _OPENING.match(data, name)
            if found is None:
                continue
            end = data.find(b'"', found.end())
            length = (len(data) if end < 0 else end) - found.end()
            if length > LONG_CHARACTERS:
                passed.append(data[: found.end()])
                self._string = _String(self._disk())
                return data[found.end() :]
            if end < 0:
                passed.append(data[: found.start()])
                self._held = data[found.start() :]
                return b""
            seen = looked_at = end
        cut = max(len(data) - _LONGEST_OPENING, seen)
        passed.append(data[:cut])
        self._held = data[cut:]
        return b""

    def _go_on(self, string: _String, data: bytes, passed: list[bytes]) -> bytes:
        end = string.feed(data)
        if end is None:
            return b""
        self._string, file = None, string.finish()
        if file is None:
            passed.append(_NOT_BASE64 + b'"')
        else:
            mark = self._mark(file.sha256, file.size)
            self.files.setdefault(mark, file)
            passed.append(base64.b64encode(mark) + b'"')
        return data[end:]
