"""A control group that bounds the memory of whatever is started in it, of either version (cgroups(7))."""

import secrets
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_VERSION_1 = _ROOT / "memory"
_IN_USE_1 = ("total_rss", "total_mapped_file")
_IN_USE_2 = ("anon", "shmem")
_EMPTY_SECONDS = 10.0


class Cgroup:
    """One that exists."""

    def __init__(self, directory: Path, *, limit: int) -> None:
        self._directory = directory
        self._is_1 = _VERSION_1 in directory.parents
        (directory / ("memory.limit_in_bytes" if self._is_1 else "memory.max")).write_text(str(limit))

    def inside(self, argv: Sequence[str]) -> list[str]:
        """Write a command so that it starts in here."""
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self._directory / "cgroup.procs"), *argv]

    def pids(self) -> set[int]:
        """List who is in here."""
        return set(map(int, (self._directory / "cgroup.procs").read_text().split()))

    def dismiss(self, pids: Iterable[int]) -> None:
        """Have these run outside from now on; what memory they have got stays counted in here."""
        for pid in pids:
            with suppress(ProcessLookupError):
                (self._directory.parent / "cgroup.procs").write_text(str(pid))

    def bytes_in_use(self) -> int:
        """Give the memory that could not be had back: without the cache of files."""
        lines = (line.split() for line in (self._directory / "memory.stat").read_text().splitlines())
        found = {name: int(value) for name, value in lines}
        return sum(found[name] for name in (_IN_USE_1 if self._is_1 else _IN_USE_2))

    def remove(self) -> None:
        """Send everybody out and end it."""
        end = time.monotonic() + _EMPTY_SECONDS
        while self.pids() and time.monotonic() < end:
            self.dismiss(self.pids())
        self._directory.rmdir()


@contextmanager
def cgroup(limit: int) -> Generator[Cgroup]:
    """Make one with so many bytes; it needs root, and the memory controller."""
    directory = (_VERSION_1 if _VERSION_1.is_dir() else _ROOT) / f"fleetpost-{secrets.token_hex(4)}"
    directory.mkdir()
    made = Cgroup(directory, limit=limit)
    try:
        yield made
    finally:
        made.remove()
