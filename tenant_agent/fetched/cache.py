"""Files on the node's disk, by the hash of what they hold: one that is here is whole and as it should be."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Callable, Collection
from pathlib import Path

from tenant_agent import wire
from tenant_agent.fetched.reading import FileLost

_PIECE_BYTES = 57 * 4096
"""A multiple of a line of base64."""


class FileCache:
    """A directory of files that may take so many bytes; what was used longest ago makes room for others."""

    def __init__(self, directory: Path, most_bytes: int, on_lost: Callable[[wire.FileRef], None]) -> None:
        self._directory = directory
        self._most_bytes = most_bytes
        self._on_lost = on_lost
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def has(self, file: wire.FileRef) -> bool:
        """Say whether a file is here."""
        try:
            return self._path(file).stat().st_size == file.size
        except FileNotFoundError:
            return False

    async def read(self, file: wire.FileRef) -> AsyncGenerator[bytes]:
        """Give a file's bytes in pieces; raises `FileLost`."""
        try:
            opened = self._path(file).open("rb")
            with opened:
                os.utime(opened.fileno())
                while piece := await asyncio.to_thread(opened.read, _PIECE_BYTES):
                    yield piece
        except OSError as error:
            self._on_lost(file)
            raise FileLost(str(error)) from error

    def make_room(self, file: wire.FileRef, needed: Collection[bytes]) -> bool:
        """Make room for a file by deleting others, but for those that are needed; tells whether there is."""
        others = sorted(self._files(), key=lambda path: path.stat().st_mtime)
        taken = sum(path.stat().st_size for path in others)
        kept = {sha256.hex() for sha256 in (*needed, file.sha256)}
        for path in others:
            if taken + file.size <= self._most_bytes:
                return True
            if path.stem not in kept:
                taken -= path.stat().st_size
                path.unlink()
        return taken + file.size <= self._most_bytes or taken == 0

    def begin(self, file: wire.FileRef) -> "Unfinished":
        """Go on with a file where a former try ended."""
        return Unfinished(self._path(file), file)

    def _path(self, file: wire.FileRef) -> Path:
        return self._directory / file.sha256.hex()

    def _files(self) -> list[Path]:
        return [path for path in self._directory.iterdir() if path.is_file()]


class Unfinished:
    """A file that is being written, beside its place."""

    def __init__(self, place: Path, file: wire.FileRef) -> None:
        self._place = place
        self._file = file
        self._path = place.with_suffix(".part")
        self._opened = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b")

    @property
    def size(self) -> int:
        """How much of it there is."""
        return os.fstat(self._opened.fileno()).st_size

    def start_over(self) -> None:
        """Forget what there is of it."""
        self._opened.truncate(0)

    def write(self, data: bytes) -> None:
        """Add some; may block."""
        self._opened.write(data)
        self._opened.flush()

    def finish(self) -> bool:
        """Put it into its place if it is what it should be, else forget it; tells which. May block."""
        self._opened.seek(0)
        if self.size != self._file.size or hashlib.file_digest(self._opened, "sha256").digest() != self._file.sha256:
            self.start_over()
            return False
        os.fsync(self._opened.fileno())
        self._path.rename(self._place)
        return True

    def close(self) -> None:
        """Leave it for another try."""
        self._opened.close()
