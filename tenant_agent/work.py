"""The node's mail path, from a leased batch to the last event of its deliveries: the parts put together."""

import asyncio
import sqlite3
import time

import structlog

from tenant_agent import ledger, spool, wire
from tenant_agent.credit import CreditLine, active_messages
from tenant_agent.inject import Gate, Injector, PostfixQueue
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.maillog import follower
from tenant_agent.maillog.follower import Follower
from tenant_agent.outlet import Outlet
from tenant_agent.policy import Policy, serve
from tenant_agent.route import Router
from tenant_agent.sending import Sending
from tenant_agent.settings import Settings
from tenant_agent.spool import Reporter
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

CAPACITY = 500
"""Deliveries that the node holds before Postfix has them: about a second's work, so that little waits on one node."""

_FULL_QUEUE = 2_000
"""With so many messages in Postfix's active queue, nothing more is asked for."""

_TOP_UP_SECONDS = 1.0
_PRUNE_SECONDS = 600.0
_RETENTION_MS = 7 * 86_400_000
"""Postfix's queue lifetime, 5 days, and a margin: for so long a log line may still tell of a delivery."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class MailWork:
    """Takes offers to events. All of it survives the link, Postfix and the agent itself going away at any moment."""

    def __init__(self, settings: Settings, outlet: Outlet, *, capacity: int = CAPACITY) -> None:
        self._layout = settings.layout
        self._outlet = outlet
        self._journal = Journal(self._layout.mail_database, (ledger.SCHEMA, spool.SCHEMA, follower.SCHEMA))
        self._reporter = Reporter(self._journal, outlet)
        self._credit = CreditLine(capacity)
        self._connected = False
        self._room = asyncio.Event()
        self._router: Router | None = None
        self._node_changed = asyncio.Event()
        self._sending = Sending()
        self._injector: Injector | None = None

    def set_node(self, node: wire.NodeItem, generation: int) -> None:
        """Route by this from now on; what waited for a sending address may go now."""
        if self._router is None:
            self._router = Router(node, generation)
        else:
            self._router.set_node(node, generation)
        self._node_changed.set()

    def set_sending(self, sending: Sending) -> None:
        """Follow these limits, caps and relays from now on."""
        self._sending = sending

    async def connected(self) -> None:
        """Ask again about what was offered, report from the oldest event on, ask for work."""
        self._credit.reset()
        self._connected = True
        self._reporter.connected()
        for lease_id in self._journal.read(ledger.unanswered):
            await self._send(wire.Take(lease_id=lease_id))
        await self._top_up()

    async def disconnected(self) -> None:
        """Go on with what was taken."""
        self._connected = False
        self._reporter.disconnected()

    async def offered(self, offer: wire.Offer) -> None:
        """Write a batch down, then ask whether it is still ours."""
        self._credit.offered(len(offer.deliveries))
        await self._journal.write(lambda db: ledger.record_offer(db, offer, _now_ms()))
        await self._send(wire.Take(lease_id=offer.lease_id))

    async def taken(self, answer: wire.Taken) -> None:
        """Inject a batch, or forget it.

        A yes counts however late it comes: the control plane has written it down and gives the batch to nobody else.
        """
        settled = ledger.take if answer.yours else ledger.forget
        await self._journal.write(lambda db: settled(db, answer.lease_id))
        if self._injector is not None:
            self._injector.wake()
        await self._top_up()

    async def received(self, answer: wire.Received) -> None:
        """Drop what the control plane has stored."""
        await self._reporter.received(answer.batch)

    def spooled(self) -> int:
        """Count the events that wait for the control plane."""
        return self._journal.read(spool.size)

    async def run(self) -> None:
        """Work until cancelled; begins when the node is known."""
        try:
            await self._node_changed.wait()
            assert self._router is not None
            await self._run(self._router)
        finally:
            self._journal.close()

    async def _run(self, router: Router) -> None:
        layout, journal = self._layout, self._journal
        reader = Follower(journal, layout.mail_log, router=router, on_events=self._reporter.wake)
        queue = PostfixQueue(layout.postfix_config, layout.postfix_queue, layout.ports.inject)
        gate = Gate(port=layout.ports.inject)
        self._injector = Injector(journal, router, reader, queue, gate, on_progress=self._progressed)
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(Policy(router), layout.policy_socket))
            group.create_task(reader.run())
            group.create_task(self._injector.run())
            group.create_task(self._reporter.run())
            group.create_task(self._hurry_when_node_changes(self._injector))
            group.create_task(self._top_up_for_ever())
            group.create_task(self._prune_for_ever())

    def _progressed(self) -> None:
        self._reporter.wake()
        self._room.set()

    async def _hurry_when_node_changes(self, injector: Injector) -> None:
        while True:
            await self._node_changed.wait()
            self._node_changed.clear()
            await self._journal.write(ledger.hurry)
            injector.wake()

    async def _top_up_for_ever(self) -> None:
        while True:
            await within(_TOP_UP_SECONDS, self._room)
            self._room.clear()
            await self._top_up()

    async def _prune_for_ever(self) -> None:
        while True:
            pruned = await self._journal.write(_prune)
            log.debug("ledger.pruned", deliveries=pruned)
            await asyncio.sleep(_PRUNE_SECONDS)

    async def _top_up(self) -> None:
        if not self._connected:
            return
        held = self._journal.read(ledger.not_queued)
        deliveries = self._credit.top_up(held=held, queue_is_full=self._queue_is_full)
        if deliveries:
            await self._send(wire.Credit(deliveries=deliveries))

    def _queue_is_full(self) -> bool:
        return active_messages(self._layout.postfix_queue) >= _FULL_QUEUE

    async def _send(self, frame: wire.FromAgent) -> None:
        """Send a frame that the next connection asks for again if this one breaks."""
        try:
            await self._outlet.send(frame)
        except LinkDown:
            log.debug("work.unsent", frame=type(frame).__name__)


def _prune(db: sqlite3.Connection) -> int:
    return ledger.prune(db, offered_before_ms=_now_ms() - _RETENTION_MS)
