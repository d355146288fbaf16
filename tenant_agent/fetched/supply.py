"""The files that this node sends: fetched as soon as a message is its own, read when it is injected, fetched again."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path

import msgspec

from tenant_agent import wire
from tenant_agent.clock import Clock
from tenant_agent.fetched import wanted
from tenant_agent.fetched.cache import FileCache
from tenant_agent.fetched.download import Download
from tenant_agent.fetched.fetcher import Fetcher
from tenant_agent.fetched.wanted import Wanted
from tenant_agent.journal import Journal

MOST_BYTES = 2 * 1024**3
"""Of files, which are kept for other recipients and other messages while there is room."""
_ELSEWHERE_MS = 60_000
"""For so long the node is not asked again to send a message whose files it could not fetch."""


class Surroundings(msgspec.Struct, frozen=True):
    """Who is told what, and asked what."""

    arrived: Callable[[], None]
    may_give_back: Callable[[], bool]
    given_back: Callable[[], None]


class FileSupply:
    """Knows of no files to be fetched before `fetch_by` has said how."""

    def __init__(
        self, journal: Journal, directory: Path, clock: Clock, around: Surroundings, *, most_bytes: int = MOST_BYTES
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._around = around
        self._cache = FileCache(directory, most_bytes, self._lose)
        self._fetcher: Fetcher | None = None
        self._notes: set[asyncio.Task[None]] = set()

    def fetch_by(self, download: Download) -> None:
        """Fetch files this way; said before `run`."""
        self._fetcher = Fetcher(self._journal, self._cache, download, self._clock, self._around.arrived, self._give_up)

    def wake(self) -> None:
        """There may be messages that want files."""
        if self._fetcher is not None:
            self._fetcher.wake()

    async def run(self) -> None:
        """Fetch until cancelled."""
        if self._fetcher is not None:
            await self._fetcher.run()

    def read(self, file: wire.FileRef) -> AsyncGenerator[bytes]:
        """Give a file's bytes in pieces; raises `FileLost`, and then it is fetched once more."""
        return self._cache.read(file)

    def _lose(self, file: wire.FileRef) -> None:
        self._note(self._journal.write(lambda db: wanted.lost(db, file)), self.wake)

    def _give_up(self, what: Wanted, why: str) -> None:
        """Let others send what this node has no files for, if there is somebody to take it."""
        if self._around.may_give_back():
            until_ms, reason = self._clock.now_ms() + _ELSEWHERE_MS, f"a file of it cannot be fetched: {why}"
            writing = self._journal.write(lambda db: wanted.give_back(db, what.message, until_ms, reason))
            self._note(writing, self._around.given_back)

    def _note(self, writing: Coroutine[None, None, None], then: Callable[[], None]) -> None:
        async def write_and_tell() -> None:
            await writing
            then()

        task = asyncio.create_task(write_and_tell())
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)
