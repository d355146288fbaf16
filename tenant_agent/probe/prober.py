"""Makes each probe once, whatever is killed meanwhile, and tells how it fared.

Before the mail is handed to Postfix it is written down that it may be there. Is the agent killed in that moment, or the
connection lost, the queue is asked after a while in which it must have turned up: only what is not there is handed over
again. A probe that is deferred has failed, and is taken out of the queue.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.clock import Clock
from tenant_agent.compose.address import mail_address
from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused
from tenant_agent.inject.session import Gate, Session
from tenant_agent.inject.settle import QueueUnreadable
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.outlet import Outlet
from tenant_agent.probe import book
from tenant_agent.probe.book import Kept
from tenant_agent.probe.mail import Departure, message
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

WITHIN_SECONDS: Final = 120
"""How long a probe may be under way."""
_TURNS_UP_MS: Final = 45_000
"""By then Postfix has written what it was given: cleanup(8) waits at most 30 s for the signer."""
_LOOK_SECONDS: Final = 1.0
_NO_WAY: Final = "no address of this node may send just now"


class Listing(Protocol):
    """Tells what Postfix has."""

    async def senders(self) -> dict[str, str]:
        """Give the queue id of each return path's left side that is in the queue; raises `QueueUnreadable`."""
        ...


class Removal(Protocol):
    """Takes mail out of Postfix's queue."""

    async def delete(self, queue_ids: list[str]) -> None:
        """Remove those of them that are deferred."""
        ...


class Prober:
    """Runs until cancelled; what it is about is in the journal."""

    def __init__(
        self,
        journal: Journal,
        gate: Gate,
        outlet: Outlet,
        *,
        listing: Listing,
        removal: Removal,
        depart: Callable[[str], Awaitable[Departure | None]],
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._gate = gate
        self._outlet = outlet
        self._listing = listing
        self._removal = removal
        self._depart = depart
        self._clock = clock
        self._wanted: tuple[str, wire.Probe] | None = None
        self._in_hand: tuple[str, str] | None = None
        self._told: wire.Probed | None = None
        self._last_words = ""
        self._woken = asyncio.Event()
        self._again = Backoff(1.0, 15.0)
        self._again_at = 0.0
        self._tidying = Backoff(0.5, 60.0)
        self._tidy_at = 0.0

    def ask(self, item: wire.DaemonsItem) -> None:
        """Follow this item from now on: make its probe, unless that was made before."""
        wanted = None if item.probe is None else (item.release, item.probe)
        if wanted != self._wanted:
            self._wanted = wanted
            self._woken.set()

    def wake(self) -> None:
        """The log had something to say."""
        self._tidy_at = 0.0
        self._woken.set()

    def connected(self) -> None:
        """Tell again: what was told last may have been lost."""
        self._told = None
        self._woken.set()

    def way_of(self, token: str) -> str | None:
        """Give the way of the mail that is being handed over at this moment."""
        return self._in_hand[1] if self._in_hand is not None and self._in_hand[0] == token else None

    async def run(self) -> None:
        """Look now and then, and when woken."""
        while True:
            await within(_LOOK_SECONDS, self._woken)
            self._woken.clear()
            await self.look()

    async def look(self) -> None:
        """Do what is due."""
        kept = await self._current()
        if kept is not None and kept.outcome is None:
            await self._go_on(kept)
        await self._tidy_up()
        await self._tell()

    async def _current(self) -> Kept | None:
        """Give the probe that is wanted, and write it down if it is new."""
        if self._wanted is None:
            return None
        release, probe = self._wanted
        kept = self._journal.read(book.newest)
        if kept is None or (kept.release, kept.number) != (release, probe.number):
            token = f"probe-{secrets.token_hex(8)}"
            now_ms = self._clock.now_ms()
            await self._journal.write(lambda db: book.begin(db, release, probe, token, now_ms))
            self._again.reset()
            self._again_at, self._last_words = 0.0, ""
            kept = self._journal.read(book.newest)
        return kept

    async def _go_on(self, kept: Kept) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - kept.began_ms >= WITHIN_SECONDS * 1000:
            await self._end(kept, self._last_words or f"no answer within {WITHIN_SECONDS} s")
        elif kept.queue_id is None and self._clock.monotonic() >= self._again_at:
            if kept.handed_ms is None:
                await self._hand_over(kept)
            elif now_ms - kept.handed_ms >= _TURNS_UP_MS:
                await self._look_in_queue(kept)

    async def _look_in_queue(self, kept: Kept) -> None:
        try:
            queue_id = (await self._listing.senders()).get(kept.token)
        except (QueueUnreadable, OSError) as error:
            self._put_off(str(error))
            return
        if queue_id is None:
            await self._journal.write(lambda db: book.not_taken(db, kept.token))
        else:
            await self._journal.write(lambda db: book.queued(db, kept.token, queue_id))

    async def _hand_over(self, kept: Kept) -> None:
        recipient = mail_address(kept.recipient)
        departure = await self._depart(recipient.rpartition("@")[2].lower())
        if departure is None:
            self._put_off(_NO_WAY)
            return
        hostname = departure.hostname
        now_ms = self._clock.now_ms()
        await self._journal.write(lambda db: book.handing_over(db, kept.token, now_ms))
        session = Session(self._gate)
        self._in_hand = (kept.token, departure.way)
        try:
            mail = message(hostname, recipient, kept.token, kept.number, now_ms)
            outcome = await session.hand_over(f"{kept.token}@{hostname}", recipient, mail)
        finally:
            self._in_hand = None
            session.close()
        await self._settle(kept, outcome)

    async def _settle(self, kept: Kept, outcome: Outcome) -> None:
        match outcome:
            case Queued(queue_id):
                await self._journal.write(lambda db: book.queued(db, kept.token, queue_id))
            case Refused(reply):
                await self._end(kept, f"this node's own Postfix did not take it: {reply}")
            case PutOff(words) | NotSent(words):
                await self._journal.write(lambda db: book.not_taken(db, kept.token))
                self._put_off(f"this node's own Postfix did not take it: {words}")
            case InDoubt(reason):
                log.info("probe.in_doubt", reason=reason)

    def _put_off(self, words: str) -> None:
        self._last_words = words
        self._again_at = self._clock.monotonic() + self._again.next_seconds()

    async def _end(self, kept: Kept, reply: str) -> None:
        await self._journal.write(lambda db: book.end(db, kept.token, reply))

    async def _tidy_up(self) -> None:
        """Take out of the queue what has failed; that it is gone the log says."""
        left = self._journal.read(book.left_in_queue)
        if not left:
            self._tidying.reset()
        elif self._clock.monotonic() >= self._tidy_at:
            await self._removal.delete(left)
            self._tidy_at = self._clock.monotonic() + self._tidying.next_seconds()

    async def _tell(self) -> None:
        if self._wanted is None:
            return
        release, probe = self._wanted
        kept = self._journal.read(book.newest)
        outcome = None if kept is None else kept.outcome
        if outcome is None or outcome == self._told or (outcome.release, outcome.number) != (release, probe.number):
            return
        try:
            await self._outlet.send(outcome)
        except LinkDown:
            return  # `connected` has it told
        self._told = outcome
        log.info("probe.ended", delivered=outcome.delivered, reply=outcome.reply)
