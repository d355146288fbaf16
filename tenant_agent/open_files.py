"""Which files are open in any process (proc(5))."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

Inode = tuple[int, int]
"""Device and number of a file."""


def open_files() -> Iterator[Inode]:
    """Give what any process has open."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        inode = inode_of(link)
        if inode is not None:
            yield inode


def inode_of(path: Path) -> Inode | None:
    """Say which file this is, or leads to; none if it is gone."""
    with suppress(OSError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None
