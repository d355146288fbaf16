"""Takes due deliveries from the ledger to Postfix over a few sessions, and books what came of them in groups."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import structlog

from tenant_agent import ledger
from tenant_agent.backoff import Backoff
from tenant_agent.compose import Skeleton, Unsendable, mail_address
from tenant_agent.fetched.reading import ReadFile, no_files
from tenant_agent.inject.booking import Result, book
from tenant_agent.inject.compiling import compiled
from tenant_agent.inject.line import Line
from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, Queued, Refused
from tenant_agent.inject.session import Gate, Session
from tenant_agent.inject.settle import Queue, settle
from tenant_agent.inject.sorting import sort_out, write_down
from tenant_agent.journal import Journal
from tenant_agent.ledger import Delivery
from tenant_agent.maillog.follower import Follower
from tenant_agent.route import Router
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_SESSIONS = 6
_CHUNK = 60
_CHUNK_BYTES = 16 * 1024 * 1024
_IDLE_SECONDS = 5.0
"""Sessions without work for so long are closed; Postfix's processes are for others too."""

_FROZEN_MS = 30_000
"""Who looks every second and finds that so much time has passed was asleep, and may have been given up meanwhile."""

_GATHER_SECONDS = 0.05
"""For so long results are gathered before they are booked: it is transactions that cost, not results."""

_LOOK_SECONDS = 1.0
"""How often to look for deliveries that were put off and have come due."""


class _Work(msgspec.Struct, frozen=True):
    delivery: Delivery
    message: Skeleton


class Injector:
    """Runs until cancelled; everything it knows is in the journal."""

    def __init__(
        self,
        journal: Journal,
        router: Router,
        follower: Follower,
        queue: Queue,
        gate: Gate,
        *,
        on_progress: Callable[[], None],
        on_given_back: Callable[[], None] = lambda: None,
        on_doubt: Callable[[], None] = lambda: None,
        backoff: Backoff | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        read_file: ReadFile = no_files,
    ) -> None:
        self._journal = journal
        self._router = router
        self._follower = follower
        self._queue = queue
        self._gate = gate
        self._on_progress = on_progress
        self._on_given_back = on_given_back
        self._on_doubt = on_doubt
        self.may_give_back = False
        """Whether somebody is there to take what cannot leave from here."""
        self._backoff = backoff or Backoff(0.2, 10.0)
        self._now_ms = now_ms
        self._read_file = read_file
        self._due = asyncio.Event()
        self._line: Line[_Work] = Line()
        self._results: list[Result] = []
        self._has_results = asyncio.Event()
        self._in_hand = 0
        self._looked_at_ms = 0
        self._trouble: str | None = None

    def wake(self) -> None:
        """There may be something due."""
        self._due.set()

    async def run(self) -> None:
        """Settle what is in doubt, inject until there is trouble, wait, begin again."""
        while True:
            await settle(self._journal, self._queue, self._follower, self._router.node.name)
            await self._router.budgets.refresh(self._journal)
            self._on_progress()
            await self._inject_until_trouble()
            log.warning("injection.interrupted", reason=self._trouble)
            await asyncio.sleep(self._backoff.next_seconds())

    async def _inject_until_trouble(self) -> None:
        self._trouble = None
        async with asyncio.TaskGroup() as group:
            sessions = [group.create_task(self._serve()) for _ in range(_SESSIONS)]
            booking = group.create_task(self._book_for_ever())
            try:
                await self._feed_until_trouble()
            finally:
                for task in (*sessions, booking):
                    task.cancel()

    async def _feed_until_trouble(self) -> None:
        """Keep a chunk ahead of the sessions; in trouble, take nothing new and wait for what is in hand."""
        while self._trouble is None:
            self._due.clear()
            if not await self._claim():
                await within(_LOOK_SECONDS, self._due)
        while self._in_hand:
            self._due.clear()
            await self._due.wait()

    async def _claim(self) -> int:
        """Claim of each kind of which little is in the line: what overtakes is not kept out by what waits there."""
        kinds = [kind for kind in (True, False) if self._line.waiting(transactional=kind) <= _CHUNK // 2]
        if not kinds:
            return 0
        now_ms, generation = self._now_ms(), self._router.generation
        if now_ms < self._looked_at_ms:  # the clock was set back, and what was put off must not wait for it
            await self._journal.write(ledger.hurry)
        elif self._looked_at_ms and now_ms - self._looked_at_ms > _FROZEN_MS:
            await self._journal.write(ledger.doubt)
            self._on_doubt()
        self._looked_at_ms = now_ms
        due = self._journal.read(
            lambda db: ledger.due(db, now_ms=now_ms, most=_CHUNK, most_bytes=_CHUNK_BYTES, kinds=kinds)
        )
        if not due:
            return 0
        sorted_out = sort_out(due, self._router.assign, now_ms, may_give_back=self.may_give_back)
        node = self._router.node.name
        claim = await self._journal.write(lambda db: write_down(db, node, sorted_out, generation, now_ms))
        self._in_hand += len(claim.deliveries)
        for delivery, message in compiled(claim):
            if isinstance(message, Refused):
                self._finish(delivery, message)
            else:
                self._line.put(_Work(delivery, message), transactional=delivery.envelope.is_transactional)
        if sorted_out.waiting:
            self._on_progress()
        if sorted_out.given_back:
            self._on_given_back()
        return len(due)

    async def _serve(self) -> None:
        """Be one session: hand over, report, and hang up when there is nothing to do."""
        session = Session(self._gate, self._read_file)
        try:
            while True:
                work = await self._next_work(session)
                outcome = await self._hand_over(session, work)
                self._finish(work.delivery, outcome)
        finally:
            session.close()

    async def _next_work(self, session: Session) -> _Work:
        if self._line.empty():
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    return await self._line.get()
            except TimeoutError:
                session.close()
        return await self._line.get()

    async def _hand_over(self, session: Session, work: _Work) -> Outcome:
        if self._trouble is not None:
            return NotSent(self._trouble)
        delivery = work.delivery
        try:
            recipient = mail_address(delivery.recipient)
            sender = mail_address(delivery.return_path)
        except Unsendable as error:
            return Refused(str(error))
        return await session.hand_over(sender, recipient, work.message.pieces({}))

    def _finish(self, delivery: Delivery, outcome: Outcome) -> None:
        self._router.release(delivery)
        if not isinstance(outcome, Queued | InDoubt):
            self._router.take_back(delivery.token, delivery.assignment)
        if isinstance(outcome, NotSent | InDoubt):
            self._trouble = self._trouble or outcome.reason
        else:
            self._backoff.reset()
        self._results.append((delivery, outcome))
        self._has_results.set()

    async def _book_for_ever(self) -> None:
        """Book results in groups: what came since the first one, and while the last group was being written."""
        while True:
            await self._has_results.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._has_results.clear()
            results, self._results = self._results, []
            await self._write(results)
            self._in_hand -= len(results)
            self.wake()
            self._on_progress()

    async def _write(self, results: list[Result]) -> None:
        node, now_ms = self._router.node.name, self._now_ms()
        await self._journal.write(lambda db: book(db, node, results, now_ms))
