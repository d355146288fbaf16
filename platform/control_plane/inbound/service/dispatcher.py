"""Giving stored mail to the handlers that want it, again and again until it is taken or nothing can be made of it.

A claim counts the attempt and puts the next one off before anything is looked at: a mail that kills the process is
tried a few times, further and further apart, and then refused like any other that nobody can read. From its second
attempt on it is alone, so that others are not tried in vain with it.
"""

import asyncio
from collections.abc import Sequence

import asyncpg
import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.inbound import queries
from control_plane.inbound.schemas import Handler, Mail
from control_plane.inbound.service.batch import Batch
from control_plane.inbound.service.giving_up import give_up

DISPATCH_JOB = "inbound.dispatch"

_MOST_ATTEMPTS = 8  # some 21 hours
_MOST_TOGETHER = 20
_MOST_BYTES = 8 * 1024 * 1024
"""Of the mails in a batch, if they are more than one: what they are read into takes a few times that."""
_BATCHES_AT_ONCE = 4
_PATIENCE_SECONDS = 0.2
"""What comes while a batch is worked on waits so long for its end, and goes on together; then it has its own."""
_LONGEST_SECONDS = 400
"""Of one run; a sweep goes on where it stops."""


class _Claimed(msgspec.Struct, frozen=True):
    """Mails to be worked on now."""

    mails: Sequence[Mail]
    given_up: Sequence[asyncpg.Record]
    """Those that were tried often enough."""
    is_more: bool
    """Whether others are due, too."""


class Dispatcher:
    """Gives mail to its handlers. Whoever calls it works, takes along what came meanwhile, or leaves it to others."""

    def __init__(self, handlers: Sequence[Handler]) -> None:
        self._handlers = handlers
        self._is_news = False
        self._at_work = 0
        self._somebody_waits = False

    async def run(self, runtime: Runtime) -> None:
        """Work until nothing is due. Between the last look for news and the end, nothing is awaited."""
        self._is_news = True
        if self._at_work and not await self._has_waited_in_vain():
            return
        self._at_work += 1
        try:
            await self._work(runtime)
        finally:
            self._at_work -= 1

    async def _has_waited_in_vain(self) -> bool:
        """Let those at work find what is new; say whether they did not, and one more may help them."""
        if self._somebody_waits:
            return False
        self._somebody_waits = True
        try:
            await asyncio.sleep(_PATIENCE_SECONDS)
        finally:
            self._somebody_waits = False
        return self._is_news and self._at_work < _BATCHES_AT_ONCE

    async def _work(self, runtime: Runtime) -> None:
        clock = asyncio.get_running_loop().time
        ends_at = clock() + _LONGEST_SECONDS
        while self._is_news and clock() < ends_at:
            self._is_news = False  # what is told from here on may have come too late for this claim
            claimed = await _claim(runtime)
            if claimed.given_up:
                await give_up(runtime, self._handlers, claimed.given_up)
            self._is_news |= claimed.is_more
            if claimed.mails:
                await Batch(runtime, self._handlers, claimed.mails).work()


async def dispatch(runtime: Runtime, handlers: Sequence[Handler]) -> None:
    """Give all mail that is due to these handlers."""
    await Dispatcher(handlers).run(runtime)


async def trigger_due(db: Database, clock: Clock) -> None:
    """Trigger `inbound.dispatch` if mail is due."""
    async with db.fleet_tx() as tx:
        if await queries.is_due(tx, clock.now()):
            tx.outbox.trigger(DISPATCH_JOB)


async def _claim(runtime: Runtime) -> _Claimed:
    now = runtime.clock.now()
    async with runtime.db.fleet_tx() as tx:
        rows = await queries.claim(tx, now, _MOST_TOGETHER, _MOST_BYTES)
    is_more = bool(rows) and (rows[0]["found"] == _MOST_TOGETHER or rows[0]["found"] > len(rows))
    given_up = [row for row in rows if row["attempts"] > _MOST_ATTEMPTS]
    return _Claimed([_mail(row) for row in rows if row["attempts"] <= _MOST_ATTEMPTS], given_up, is_more)


def _mail(row: asyncpg.Record) -> Mail:
    return Mail(
        id=row["id"],
        recipient=row["recipient"],
        sender=row["sender"],
        client=row["client"],
        received_at=row["received_at"],
        raw=row["raw"],
        is_last_try=row["attempts"] == _MOST_ATTEMPTS,
    )
