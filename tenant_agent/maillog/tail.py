"""Follows a log file through rotation, truncation and restarts of the reader, without losing or repeating a line."""

import gzip
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

_HEAD_BYTES = 512
_CHUNK_BYTES = 256 * 1024
_GRACE_SECONDS = 2.0
"""A writer that has a file open when it is renamed ends within a second: postlogd(8) after a reload."""


class Position(msgspec.Struct, frozen=True):
    """A place in the log. The file is known by how it begins, because names and inodes change hands."""

    head: bytes = b""
    """SHA-256 of the first `head_length` bytes."""
    head_length: int = 0
    offset: int = 0


class Tail:
    """Gives whole lines, oldest first.

    The log is a chain of files: those that it was renamed or copied to (`mail.log.1`, `mail.log-20261121.gz` …) in the
    order of their last change, and the one that is written now. Each is read to its end before the next is begun.
    """

    def __init__(
        self, path: Path, position: Position | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._monotonic = monotonic
        self._file: BinaryIO | None = None
        self._was_live = True
        self._rotated_since: float | None = None
        self.position = position or Position()
        self._resume()

    def read(self) -> str:
        """Give complete lines that were not given before; none when there are none now."""
        if self._file is None:
            self._open(self._path)
        elif os.fstat(self._file.fileno()).st_size < self.position.offset and self._was_live:
            self._resume()
        lines = self._lines()
        if not lines and self._is_finished():
            self._open(self._next_file())
            lines = self._lines()
        return lines

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
        if (
            not complete and len(data) == _CHUNK_BYTES
        ):  # such as the hole that a power cut has left: no line of Postfix's
            complete = data
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

    def _is_finished(self) -> bool:
        """Tell whether another file follows this one, and nobody writes to this one any more."""
        if self._file is None or self._is_live(self._file):
            self._rotated_since = None
            return False
        if not self._was_live:
            return True
        now = self._monotonic()
        self._rotated_since = self._rotated_since or now
        return now - self._rotated_since >= _GRACE_SECONDS

    def _is_live(self, file: BinaryIO) -> bool:
        """Tell whether this is still the file that is written; while there is none, it is."""
        try:
            return os.fstat(file.fileno()).st_ino == self._path.stat().st_ino
        except FileNotFoundError:
            return True

    def _next_file(self) -> Path:
        assert self._file is not None
        changed_ns = os.fstat(self._file.fileno()).st_mtime_ns
        younger = [path for when_ns, path in sorted(self._rotated()) if when_ns > changed_ns]
        return younger[0] if younger else self._path

    def _open(self, path: Path) -> None:
        self.close()
        self._rotated_since = None
        try:
            self._file = _opened(path)
        except FileNotFoundError:
            return
        self._was_live = path == self._path
        self.position = Position()

    def _resume(self) -> None:
        """Find the file that the position is in, under whatever name; begin anew if it is gone."""
        self.close()
        for path in (self._path, *(path for _, path in self._rotated())):
            file = _opened_if_it_holds(path, self.position)
            if file is not None:
                self._file, self._was_live = file, path == self._path
                return
        self._open(self._path)

    def _rotated(self) -> Iterator[tuple[int, Path]]:
        """Give what the log was renamed or copied to, with the time of its last change."""
        for separator in ".-":
            for path in self._path.parent.glob(f"{self._path.name}{separator}*"):
                try:
                    yield path.stat().st_mtime_ns, path
                except FileNotFoundError:  # it was compressed or removed just now
                    continue


def _head(file: BinaryIO, length: int) -> bytes:
    file.seek(0)
    return hashlib.sha256(file.read(length)).digest()


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _opened_if_it_holds(path: Path, position: Position) -> BinaryIO | None:
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
