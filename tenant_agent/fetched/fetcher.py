"""Fetches what messages want, two files at a time, as long as it takes; one that cannot be had holds up no other."""

import asyncio
from collections.abc import Callable
from functools import partial

import httpx
import structlog

from tenant_agent.clock import Clock
from tenant_agent.fetched import wanted
from tenant_agent.fetched.cache import FileCache
from tenant_agent.fetched.download import Download, NotFetched
from tenant_agent.fetched.wanted import Wanted
from tenant_agent.journal import Journal
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_AT_ONCE = 2
_LOOKED_AT = 200
_FIRST_REST_SECONDS = 1.0
_LONGEST_REST_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0


class _Rest:
    """How long to leave a file alone."""

    def __init__(self, began_at: float) -> None:
        self.began_at = began_at
        self.seconds = _FIRST_REST_SECONDS
        self.until = 0.0


class Fetcher:
    """Runs until cancelled; what is still to be fetched stands in the journal."""

    def __init__(
        self,
        journal: Journal,
        cache: FileCache,
        download: Download,
        clock: Clock,
        on_arrival: Callable[[], None],
        on_trouble: Callable[[Wanted, str], None] = lambda _wanted, _why: None,
    ) -> None:
        """Tell of what arrived, and of what could not be had for a minute."""
        self._journal = journal
        self._cache = cache
        self._download = download
        self._clock = clock
        self._on_arrival = on_arrival
        self._on_trouble = on_trouble
        self._news = asyncio.Event()
        self._rests: dict[bytes, _Rest] = {}

    def wake(self) -> None:
        """Something may be wanted."""
        self._news.set()

    async def run(self) -> None:
        """Fetch what is wanted."""
        async with self._download.connected() as http:
            while True:
                self._news.clear()
                chosen = self._choose()
                if chosen:
                    await asyncio.gather(*(self._bring(http, each) for each in chosen))
                else:
                    await within(_LOOK_SECONDS, self._news)

    def _choose(self) -> list[Wanted]:
        """Choose what is wanted and need not rest, each file once."""
        now = self._clock.monotonic()
        found = self._journal.read(partial(wanted.wanted, most=_LOOKED_AT))
        by_hash: dict[bytes, Wanted] = {}
        for each in found:
            rest = self._rests.get(each.file.sha256)
            if rest is None or rest.until <= now:
                by_hash.setdefault(each.file.sha256, each)
        if not found:
            self._rests.clear()
        return list(by_hash.values())[:_AT_ONCE]

    async def _bring(self, http: httpx.AsyncClient, each: Wanted) -> None:
        try:
            if not self._cache.has(each.file):
                await self._fetch(http, each)
        except (NotFetched, OSError) as error:
            self._let_rest(each, str(error))
            return
        self._rests.pop(each.file.sha256, None)
        await self._journal.write(partial(wanted.arrived, file=each.file))
        self._on_arrival()

    async def _fetch(self, http: httpx.AsyncClient, each: Wanted) -> None:
        needed = self._journal.read(wanted.needed)
        if not await asyncio.to_thread(self._cache.make_room, each.file, needed):
            raise NotFetched("there is no room before other messages have gone")
        unfinished = self._cache.begin(each.file)
        try:
            await self._download.fetch(http, each, unfinished)
            if not await asyncio.to_thread(unfinished.finish):
                raise NotFetched("it is not what was said")
        finally:
            unfinished.close()

    def _let_rest(self, each: Wanted, why: str) -> None:
        now = self._clock.monotonic()
        rest = self._rests.setdefault(each.file.sha256, _Rest(now))
        rest.until = now + rest.seconds
        rest.seconds = min(rest.seconds * 2, _LONGEST_REST_SECONDS)
        log.warning("file.waiting", message_id=each.envelope.message_id, file=each.file.id, reason=why)
        if now - rest.began_at > _PATIENCE_SECONDS:
            self._on_trouble(each, why)
