"""Blobs in a directory: for one machine, or for several that share it.

A blob is written beside its place, brought to disk, and renamed into it: so it is whole or not there, whoever is killed
when. Names are never used twice, so processes need not know of each other.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from control_plane.core.blobs.store import BlobGone, StoreAway

_PIECE_BYTES = 512 * 1024
_AT_ONCE = 2
"""The process has a handful of threads, and others need them too."""


class DirectoryStore:
    """A directory below which each tenant has one, and in that up to 1,024 others."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def put(self, key: str, pieces: Iterator[bytes], size: int) -> None:  # noqa: ARG002 (a disk finds out)
        """Keep bytes; raises `StoreAway`."""
        async with self._turns:
            with _away():
                await asyncio.to_thread(_write, self._path(key), pieces)

    async def get(self, key: str, start: int) -> AsyncGenerator[bytes]:
        """Give the bytes from a place on; raises `BlobGone`."""
        with _away():
            opened = await asyncio.to_thread(_open, self._path(key), start)
        with opened:
            while piece := await asyncio.to_thread(opened.read, _PIECE_BYTES):
                yield piece

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete blobs; raises `StoreAway`."""
        with _away():
            await asyncio.to_thread(_unlink, [self._path(key) for key in keys])

    async def delete_all(self, prefix: str) -> None:
        """Delete a directory with all that is in it; raises `StoreAway`."""
        with _away():
            await asyncio.to_thread(_remove, self._root / prefix)

    def _path(self, key: str) -> Path:
        directory, _, name = key.rpartition("/")
        return self._root / directory / name[-2:] / name


@contextmanager
def _away() -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BlobGone from error
    except OSError as error:
        raise StoreAway from error


def _open(path: Path, start: int) -> BinaryIO:
    opened = path.open("rb")
    opened.seek(start)
    return opened


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    root = path.parents[2]
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    try:
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    for directory in (path.parent, path.parents[1], root):  # each may be new
        _sync(directory)


def _sync(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        path.with_name(f".{path.name}").unlink(missing_ok=True)  # of a process that was killed


def _remove(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)
