"""One SQLite file with one writing thread: what is asked for at the same time shares one durable transaction."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 1.0

_DISK_TROUBLE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY})
"""What is nobody's fault and passes: all wait for it, and nothing that was asked for is forgotten."""

_T = TypeVar("_T")


class _Job(Generic[_T]):
    """Work for the transaction, and who waits for its result."""

    def __init__(self, work: Callable[[sqlite3.Connection], _T]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[_T] = self.loop.create_future()
        self._result: list[_T] = []

    def run(self, connection: sqlite3.Connection) -> None:
        self._result = [self.work(connection)]

    def succeed(self) -> None:
        if not self.future.done():
            self.future.set_result(self._result[0])

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Journal:
    """The mail path's memory on disk: ledger, log checkpoint and event spool, so that they change together."""

    def __init__(
        self,
        path: Path,
        schemas: Iterable[str],
        upgrade: Callable[[sqlite3.Connection], None] = lambda _: None,
        *,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        self._retry_seconds = retry_seconds
        self._closing = threading.Event()
        self._connection = _open(path)
        upgrade(self._connection)
        for schema in schemas:
            self._connection.executescript(schema)
        self._reader = _open(path)
        self._reader.execute("pragma query_only = on")
        self._jobs: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_for_ever, name="journal", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run `work` in a transaction and return when it is on disk. It happens even if the caller is cancelled."""
        job = _Job(work)
        self._jobs.put(job)  # type: ignore[arg-type]  # the queue never looks at the result
        return await job.future

    def read(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run a quick query at once, on what is committed."""
        return query(self._reader)

    def close(self) -> None:
        """Finish what was asked for, then close; what the disk does not take now fails."""
        self._closing.set()
        self._jobs.put(None)
        self._thread.join()
        self._reader.close()
        self._connection.close()

    def _write_for_ever(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch = [job]
            closing = False
            try:
                while not closing:
                    waiting = self._jobs.get_nowait()
                    closing = waiting is None
                    if waiting is not None:
                        batch.append(waiting)
            except Empty:
                pass
            self._commit(batch)
            if closing:
                return

    def _commit(self, batch: list[_Job[object]]) -> None:
        while (error := self._try(batch)) is not None:
            if not _is_disk_trouble(error) or self._closing.is_set():
                return self._fail(batch, error)
            log.error("journal.waiting", reason=str(error), next_step="free space on the disk of the agent's state")
            self._closing.wait(self._retry_seconds)
        batch[0].loop.call_soon_threadsafe(_succeed, batch)
        return None

    def _try(self, batch: list[_Job[object]]) -> Exception | None:
        try:
            self._connection.execute("begin immediate")
            for job in batch:
                job.run(self._connection)
            self._connection.execute("commit")
        except Exception as error:  # noqa: BLE001 (whatever it is belongs to the caller, who gets it)
            if self._connection.in_transaction:
                self._connection.execute("rollback")
            return error
        return None

    def _fail(self, batch: list[_Job[object]], error: Exception) -> None:
        """Find out whose fault it was: all others are done again, each by itself."""
        if len(batch) == 1:
            batch[0].loop.call_soon_threadsafe(batch[0].fail, error)
            return
        for job in batch:
            self._commit([job])


def _is_disk_trouble(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _DISK_TROUBLE


def _succeed(batch: list[_Job[object]]) -> None:
    for job in batch:
        job.succeed()


def _open(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma busy_timeout = 10000")
    return connection
