"""How often something may happen: GCRA counters in Valkey, one atomic script for all that bear on a request.

A rate is so many per minute with a burst; nothing jumps when a minute turns. Without Valkey nobody can count: the first
requests that find out wait two seconds at most, all others hear it at once, and one per second tries if it is back.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import structlog
from redis.exceptions import RedisError

from control_plane.core.errors import Unavailable
from control_plane.core.valkey import Client
from control_plane.settings import Rate

_SCRIPT = Path(__file__).with_suffix(".lua").read_text()
_MINUTE_US = 60_000_000
_SECOND_US = 1_000_000
_PATIENCE_SECONDS = 1.0
"""For each of two questions: also a machine that is busy answers within it."""
_PAUSE_SECONDS = 1.0
_AT_ONCE = 32
"""Questions under way to Valkey from one process; more would only wait there."""

_log = structlog.get_logger()


class LimiterAway(Unavailable):
    """Requests cannot be counted just now, so that nothing is changed or sent: try again in a few seconds."""

    code = "rate_limiter_away"


class Counter(msgspec.Struct, frozen=True):
    """What is counted, and how often it may happen."""

    key: str
    rate: Rate


class Verdict(msgspec.Struct, frozen=True):
    """Whether a request may go on, and how its tightest counter stands after it."""

    rate: Rate
    remaining: int
    reset_seconds: float
    """Until it is as if nothing had come."""
    wait_seconds: float = 0
    """Until the next one may come; 0: this one may go on."""

    @property
    def admitted(self) -> bool:
        """Say whether it may go on."""
        return self.wait_seconds == 0


class Limiter:
    """Counts; one per process."""

    def __init__(self, valkey: Client, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._script = valkey.register_script(_SCRIPT)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._monotonic = monotonic
        self._away = False
        self._next_try = 0.0

    async def count(self, counters: Sequence[Counter]) -> Verdict:
        """Count one request under all of the counters, or under none if one is full; raises `LimiterAway`."""
        async with self._slots:
            self._refuse_while_away()
            try:
                wait, tightest, remaining, reset = await self._ask(counters)
            except (RedisError, OSError) as error:  # also TimeoutError
                self._gone(error)
                raise LimiterAway from error
            self._back()
        return Verdict(counters[tightest - 1].rate, remaining, reset / _SECOND_US, wait / _SECOND_US)

    async def _ask(self, counters: Sequence[Counter]) -> tuple[int, int, int, int]:
        """Ask, and once more after silence: a process that was held up itself minds the clock before the answer."""
        try:
            return await self._ask_once(counters)
        except TimeoutError:
            return await self._ask_once(counters)

    async def _ask_once(self, counters: Sequence[Counter]) -> tuple[int, int, int, int]:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            answer = await self._script(keys=[each.key for each in counters], args=_args(counters))
        wait, tightest, remaining, reset = map(int, answer)
        return wait, tightest, remaining, reset

    def _refuse_while_away(self) -> None:
        if not self._away:
            return
        if self._monotonic() < self._next_try:
            raise LimiterAway
        self._next_try = self._monotonic() + _PAUSE_SECONDS  # this request tries; others meanwhile do not

    def _gone(self, error: Exception) -> None:
        if not self._away:
            _log.warning("requests cannot be counted", action="rate_limit.away", error=str(error))
        self._away, self._next_try = True, self._monotonic() + _PAUSE_SECONDS

    def _back(self) -> None:
        if self._away:
            _log.info("requests are counted again", action="rate_limit.back")
        self._away = False


def _args(counters: Sequence[Counter]) -> list[int]:
    return [number for each in counters for number in (_interval_us(each.rate), each.rate.burst)]


def _interval_us(rate: Rate) -> int:
    return max(_MINUTE_US // rate.per_minute, 1)  # of rates that nobody reaches, too: the script knows no shorter time
