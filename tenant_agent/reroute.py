"""Takes mail out of Postfix's queue whose way was closed since: to let it leave by another, or to give it up."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

import structlog

from tenant_agent import ledger, rerouting, submitted, wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import Clock
from tenant_agent.drivers.commands import run
from tenant_agent.journal import Journal
from tenant_agent.layout import Layout
from tenant_agent.open_files import inode_of, open_files
from tenant_agent.projections import RowStore, Unavailable
from tenant_agent.route import Router
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_LOOK_SECONDS, _SOON_SECONDS = 10.0, 0.7
_AGAIN_MS = 120_000
"""What Postfix has not taken in anew by then is looked at again."""
_PIECE = 500
_REQUEUED = re.compile(r"([0-9A-Za-z]+): requeued")
_CONDEMNED_ROUNDS = 6


class Queue(Protocol):
    """What is asked of Postfix: each only of messages that are deferred, for one that is being tried might double."""

    async def requeue(self, queue_ids: list[str]) -> set[str]:
        """Give those that were requeued."""
        ...

    async def delete(self, queue_ids: list[str]) -> None: ...


class DeferredQueue:
    """The node's Postfix, by postsuper(1)."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._deferred = layout.postfix_queue / "deferred"

    async def requeue(self, queue_ids: list[str]) -> set[str]:
        """Leave out what a process has open: after a reload, one of before may still be sending it."""
        in_use = await asyncio.to_thread(self._in_use, queue_ids)
        output = await self._run("-r", [each for each in queue_ids if each not in in_use])
        await run("postkick", "-c", str(self._layout.postfix_config), "public", "pickup", "W")  # it looks once a minute
        return set(_REQUEUED.findall(output))

    async def delete(self, queue_ids: list[str]) -> None:
        await self._run("-d", queue_ids)

    def _in_use(self, queue_ids: list[str]) -> set[str]:
        """Look for these alone: there may be very many others (hash_queue_depth = 1)."""
        places = [folder for folder in self._deferred.iterdir() if folder.is_dir()] if self._deferred.exists() else []
        found = {inode_of(place / queue_id): queue_id for queue_id in queue_ids for place in places}
        found.pop(None, None)
        return {found[inode] for inode in open_files() if inode in found} if found else set()

    async def _run(self, option: str, queue_ids: list[str]) -> str:
        if not queue_ids:
            return ""
        arguments = [argument for queue_id in queue_ids for argument in (option, queue_id)]
        command = ("postsuper", "-c", str(self._layout.postfix_config), *arguments, "deferred")
        status, output = await run(*command)
        if status:
            log.warning("queue.untouched", reason=output[:500])
        return output


class Rerouter:
    """Runs until cancelled; what it is about is in the journal."""

    def __init__(
        self,
        journal: Journal,
        router: Router,
        queue: Queue,
        ways: RowStore,
        *,
        clock: Clock,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._router = router
        self._queue = queue
        self._ways = ways
        self._clock = clock
        self._on_change = on_change
        self._woken = asyncio.Event()
        self._condemned: dict[str, int] = {}
        self._after = 0
        self._is_unfinished = False

    def wake(self) -> None:
        """A way may have been closed."""
        self._woken.set()

    async def condemn(self, queue_id: str, reason: str) -> None:
        """Give up a delivery: a rule says so."""
        await self._journal.write(lambda db: rerouting.condemn(db, queue_id, reason))
        self._condemned[queue_id] = _CONDEMNED_ROUNDS
        self._woken.set()

    async def run(self) -> None:
        """Look now and then, and when woken."""
        while True:
            is_busy = self._condemned or self._is_unfinished
            await within(_SOON_SECONDS if is_busy else _LOOK_SECONDS, self._woken)
            self._woken.clear()
            try:
                await self.look()
            except (OSError, sqlite3.Error, Unavailable) as error:  # mail goes on meanwhile
                log.warning("queue.not_looked_at", reason=str(error) or type(error).__name__)

    async def look(self) -> None:
        """Take out what is to be."""
        if self._condemned:
            await self._queue.delete(list(self._condemned))
            self._condemned = {each: left - 1 for each, left in self._condemned.items() if left > 1}
        now_ms = self._clock.now_ms()
        if await self._journal.write(
            lambda db: rerouting.give_up(db, rerouting.intended_before(db, now_ms - _AGAIN_MS))
        ):
            await self._router.budgets.refresh(self._journal)
        self._is_unfinished = False
        if self._router.has_closed_ways():
            await self._reroute(self._decided(), now_ms)

    def forget(self) -> None:
        """Drop the ways of what has left the queue; while the map cannot be written, they do no harm."""
        with suppress(Unavailable):
            gone = [
                sender
                for sender in self._ways.read_all()
                if not self._journal.read(partial(rerouting.is_queued, token=ledger.token_in(sender)))
                and not self._journal.read(partial(submitted.is_waiting, sender=sender))
            ]
            if gone:
                self._ways.write({}, gone)

    def _decided(self) -> list[tuple[rerouting.Queued, Assignment]]:
        """Choose other ways, for a piece of the queue at a time."""
        piece = self._journal.read(partial(rerouting.queued, after=self._after, most=_PIECE))
        self._after = piece[-1].delivery.seq if len(piece) == _PIECE else 0
        found = ((each, self._router.another_way(each.delivery)) for each in piece)
        return [(each, way) for each, way in found if way is not None]

    async def _reroute(self, decided: list[tuple[rerouting.Queued, Assignment]], now_ms: int) -> None:
        if not decided:
            return
        ways = [(each.queue_id, way) for each, way in decided]
        await self._journal.write(lambda db: rerouting.intend(db, ways, now_ms))
        self._ways.write({each.delivery.return_path: way.way for each, way in decided}, ())
        requeued = await self._queue.requeue([queue_id for queue_id, _ in ways])
        busy = [queue_id for queue_id, _ in ways if queue_id not in requeued]
        if busy:  # they were being tried just then
            await self._journal.write(lambda db: rerouting.give_up(db, busy))
            await self._router.budgets.refresh(self._journal)
        self._is_unfinished = bool(busy)
        log.info("queue.rerouted", messages=len(requeued), busy=len(busy))
        self._on_change()


def reason(rule: wire.ReplyRule, reply: str | None) -> str:
    """Say why a delivery is given up."""
    return f"given up by the rule {rule.name}: {reply or ''}"
