"""Processes that outlive the command that started them: each is recorded by pid and start time, and ended by those."""

import os
import select
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

_KILLED_WITHIN_SECONDS = 5.0
_RESTORED = [signal.SIGPIPE, signal.SIGXFSZ]  # Python ignores them, its children must not


class Record(msgspec.Struct, frozen=True):
    """A process that cannot be mistaken for another one that got its pid later."""

    pid: int
    start_ticks: int


def start_ticks(pid: int) -> int | None:
    """Read when a process started, in clock ticks since boot; None when it is gone or a zombie (proc(5))."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in "ZX" else int(after_name[19])


def is_alive(record: Record) -> bool:
    """Tell whether exactly this process still runs."""
    return start_ticks(record.pid) == record.start_ticks


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait for the end of a process that need not be our child; False when time is up."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def kill_all(pids: Iterable[int]) -> None:
    """Kill processes at once and wait until they are gone."""
    found = list(pids)
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in found:
        wait_gone(pid, _KILLED_WITHIN_SECONDS)


def children(pid: int) -> list[int]:
    """List the direct children of a process."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Processes:
    """The long-running processes of one state: records under `processes/`, output under `logs/`."""

    def __init__(self, home: Path) -> None:
        self._records = home / "processes"
        self._logs = home / "logs"

    def log(self, name: str) -> Path:
        """Locate what a process printed."""
        return self._logs / f"{name}.log"

    def start(self, name: str, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> Record:
        """Start a process in a session of its own and remember it."""
        self._records.mkdir(parents=True, exist_ok=True)
        self._logs.mkdir(parents=True, exist_ok=True)
        log = str(self.log(name))
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        pid = os.posix_spawnp(
            argv[0], list(argv), env or os.environ, file_actions=actions, setsid=True, setsigdef=_RESTORED
        )
        record = Record(pid, start_ticks(pid) or 0)
        (self._records / f"{name}.json").write_bytes(msgspec.json.encode(record))
        return record

    def find(self, name: str) -> Record | None:
        """Give the record of a process that is alive."""
        path = self._records / f"{name}.json"
        if not path.exists():
            return None
        record = msgspec.json.decode(path.read_bytes(), type=Record)
        return record if is_alive(record) else None

    def names(self) -> list[str]:
        """List what was started and not yet stopped, alive or not."""
        return sorted(path.stem for path in self._records.glob("*.json"))

    def stop(self, name: str, *, seconds: float = 10.0, ask: int | None = None) -> None:
        """End a process politely, then its whole group by force; what has another start time is left alone.

        `ask` names another process that is to be asked in its stead.
        """
        record = self.find(name)
        if record:
            _end(record, ask or record.pid, seconds)
        (self._records / f"{name}.json").unlink(missing_ok=True)


def _end(record: Record, asked: int, seconds: float) -> None:
    with suppress(ProcessLookupError):
        os.kill(asked, signal.SIGTERM)
    wait_gone(record.pid, seconds)
    with suppress(ProcessLookupError):
        os.killpg(record.pid, signal.SIGKILL)
    wait_gone(record.pid, _KILLED_WITHIN_SECONDS)
