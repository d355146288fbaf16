"""Mails on disk until the control plane has them: a file for each, named by its id, durable before it counts."""

import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from tenant_agent import wire

MOST_BYTES = 4 * 1024**3
"""Of mails that wait; beyond it senders keep theirs."""
LEAST_FREE_BYTES = 1024**3
"""Of the disk, which is left to the mail of others."""
_SHARES = 4
"""One owner's mails take at most such a part of it."""
_MOST_ASIDE = 100
_ASIDE = "aside"
_UNFINISHED = "."


class Kept(NamedTuple):
    """A mail as it was put onto the shelf."""

    headers: wire.InboundHeaders
    raw: bytes


def read_back(written: bytes) -> Kept:
    """Read what `Shelf.write` wrote; raises `msgspec.MsgspecError`."""
    head, _, raw = written.partition(b"\n")
    return Kept(msgspec.json.decode(head, type=wire.InboundHeaders), raw)


class Shelf:
    """The directory and its only user. `write` may run in a thread; all else belongs to the event loop."""

    def __init__(
        self, directory: Path, *, most_bytes: int = MOST_BYTES, least_free_bytes: int = LEAST_FREE_BYTES
    ) -> None:
        self._directory = directory
        self._most_bytes = most_bytes
        self._least_free_bytes = least_free_bytes
        (directory / _ASIDE).mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        self._sizes = dict(self._found())
        self._total = sum(self._sizes.values())
        self._owners: dict[str, str] = {}
        self._owned: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._sizes)

    def has_room(self, size: int, owner: str = "") -> bool:
        """Say whether one more mail may be kept; of nobody so much that there is none left for others."""
        free = shutil.disk_usage(self._directory).free
        if owner and self._owned[owner] + size > self._most_bytes // _SHARES:
            return False
        return self._total + size <= self._most_bytes and free - size >= self._least_free_bytes

    def write(self, kept: Kept) -> int:
        """Make a mail durable, and give its size on disk; one that is there already is written anew."""
        return self.write_parts(kept.headers.id, msgspec.json.encode(kept.headers), b"\n", kept.raw)

    def write_parts(self, mail_id: str, *parts: bytes) -> int:
        """Make something durable under an id, and give its size on disk."""
        fresh = self._directory / f"{_UNFINISHED}{mail_id}"
        with fresh.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path(mail_id))
        self._sync_directory()
        return sum(map(len, parts))

    def add(self, mail_id: str, size: int, owner: str = "") -> None:
        """Count a mail that was written, and whose it is; what a former life left is nobody's."""
        self._uncount(mail_id)
        self._sizes[mail_id] = size
        self._total += size
        if owner:
            self._owners[mail_id] = owner
            self._owned[owner] += size

    def first(self, most: int, resting: Collection[str] = ()) -> list[str]:
        """Give the ids of the mails whose turn it is: the oldest of owners who do not rest, last those put off."""
        turns = (mail_id for mail_id in self._sizes if not resting or self._owners.get(mail_id) not in resting)
        return list(islice(turns, most))

    def owner_of(self, mail_id: str) -> str | None:
        """Say whose a mail is, if that is known."""
        return self._owners.get(mail_id)

    def read(self, mail_id: str) -> Kept:
        """Read a mail; raises `OSError` or `msgspec.MsgspecError`."""
        return read_back(self.read_bytes(mail_id))

    def read_bytes(self, mail_id: str) -> bytes:
        """Read what was written under an id, whole; raises `OSError`."""
        return self._path(mail_id).read_bytes()

    def put_off(self, mail_id: str) -> None:
        """Let the others go first."""
        self._sizes[mail_id] = self._sizes.pop(mail_id)

    def drop(self, mail_id: str) -> None:
        """Forget a mail that was handed up."""
        self._path(mail_id).unlink(missing_ok=True)
        self._uncount(mail_id)

    def set_aside(self, mail_id: str) -> None:
        """Keep a mail that nobody will take where a person can look at it; of these the newest hundred stay."""
        self._path(mail_id).replace(self._directory / _ASIDE / mail_id)
        self._uncount(mail_id)
        for path in sorted((self._directory / _ASIDE).iterdir())[:-_MOST_ASIDE]:
            path.unlink()

    def _uncount(self, mail_id: str) -> None:
        size = self._sizes.pop(mail_id, 0)
        self._total -= size
        owner = self._owners.pop(mail_id, None)
        if owner is not None:
            self._owned[owner] -= size
            if not self._owned[owner]:
                del self._owned[owner]

    def _found(self) -> Iterator[tuple[str, int]]:
        """Look at what a former life left; what it did not finish writing was never answered for."""
        with os.scandir(self._directory) as entries:
            files = sorted((entry for entry in entries if entry.is_file()), key=lambda entry: entry.name)
        for entry in files:
            if entry.name.startswith(_UNFINISHED):
                Path(entry).unlink()
            else:
                yield entry.name, entry.stat().st_size

    def _path(self, mail_id: str) -> Path:
        return self._directory / mail_id

    def _sync_directory(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
