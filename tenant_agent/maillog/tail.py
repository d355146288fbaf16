"""Follows a log file through rotation, truncation and restarts of the reader, without losing or repeating a line."""

import gzip
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

_HEAD_BYTES = 512
_CHUNK_BYTES = 256 * 1024
_GRACE_SECONDS = 2.0  # a writer that still has the old file open ends within a second (postlogd(8) after a reload)


class Position(msgspec.Struct, frozen=True):
    """A place in the log. The file is known by how it begins, because names and inodes change hands."""

    head: bytes = b""
    """SHA-256 of the first `head_length` bytes."""
    head_length: int = 0
    offset: int = 0


class Tail:
    """Gives whole lines, oldest first."""

    def __init__(
        self, path: Path, position: Position | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._monotonic = monotonic
        self._file: BinaryIO | None = None
        self._next: list[Path] = []
        self._old_since: float | None = None
        self.position = position or Position()
        self._resume()

    def read(self) -> str:
        """Give complete lines that were not given before; none when there are none now."""
        if self._file is None:
            self._open_next()
        if self._file is None:
            return ""
        if self._was_truncated():
            self._resume()
        return self._lines() or self._move_on()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lines(self) -> str:
        file = self._file
        if file is None:
            return ""
        file.seek(self.position.offset)
        data = file.read(_CHUNK_BYTES)
        complete = data[: data.rfind(b"\n") + 1]
        if not complete:
            return ""
        self._advance(file, len(complete))
        return complete.decode("utf-8", "replace")

    def _advance(self, file: BinaryIO, count: int) -> None:
        offset, head, head_length = self.position.offset + count, self.position.head, self.position.head_length
        if head_length < _HEAD_BYTES:
            head_length = min(offset, _HEAD_BYTES)
            head = _head(file, head_length)
        self.position = Position(head, head_length, offset)

    def _move_on(self) -> str:
        """At the end of a file: go on to the next one, if there is one and nobody writes to this one any more."""
        if not self._is_rotated():
            self._old_since = None
            return ""
        now = self._monotonic()
        self._old_since = self._old_since or now
        if not self._next and now - self._old_since < _GRACE_SECONDS:
            return ""
        self._open_next()
        return self._lines()

    def _is_rotated(self) -> bool:
        if self._next:
            return True
        try:
            return self._file is not None and os.fstat(self._file.fileno()).st_ino != self._path.stat().st_ino
        except FileNotFoundError:
            return False

    def _was_truncated(self) -> bool:
        file = self._file
        return file is not None and not self._next and os.fstat(file.fileno()).st_size < self.position.offset

    def _open_next(self) -> None:
        path = self._next.pop(0) if self._next else self._path
        self.close()
        self._old_since = None
        try:
            self._file = _opened(path)
        except FileNotFoundError:
            return
        self.position = Position()

    def _resume(self) -> None:
        """Find the file that the position is in, under whatever name, and line up those that were begun after it."""
        self.close()
        self._next = []
        position = self.position
        for path in [self._path, *self._rotated()]:
            file = _opened_if_it_begins(path, position)
            if file is None:
                continue
            self._file, self.position = file, position
            if path != self._path:
                younger = path.stat().st_mtime
                self._next = [other for other in self._rotated() if other != path and other.stat().st_mtime > younger]
                self._next.append(self._path)
            return
        self._open_next()

    def _rotated(self) -> list[Path]:
        """Give what the log was renamed or copied to, oldest first."""
        name = self._path.name
        found = [*self._path.parent.glob(f"{name}.*"), *self._path.parent.glob(f"{name}-*")]
        return sorted((path for path in found if path.is_file()), key=lambda path: path.stat().st_mtime)


def _head(file: BinaryIO, length: int) -> bytes:
    file.seek(0)
    return hashlib.sha256(file.read(length)).digest()


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _opened_if_it_begins(path: Path, position: Position) -> BinaryIO | None:
    if not position.head_length:
        return None
    try:
        file = _opened(path)
    except FileNotFoundError:
        return None
    try:
        if file.seek(0, os.SEEK_END) >= position.offset and _head(file, position.head_length) == position.head:
            return file
    except (OSError, EOFError):  # a file that is not what its suffix says
        pass
    file.close()
    return None
