"""The node's mail path, from a leased batch to the last event of its deliveries: the parts put together."""

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Callable
from functools import partial

import msgspec
import structlog

from tenant_agent import budgets, ledger, reacting, rerouting, returns, spool, wire
from tenant_agent.allowances import Allowances
from tenant_agent.assignment import Budget
from tenant_agent.clock import Clock, SystemClock
from tenant_agent.credit import CreditLine, active_messages
from tenant_agent.held import HeldAddresses
from tenant_agent.inject import Gate, Injector, PostfixQueue
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.maillog import follower
from tenant_agent.maillog.follower import Follower
from tenant_agent.outlet import Outlet
from tenant_agent.owners import Owners
from tenant_agent.policy import Policy, serve
from tenant_agent.projections.lmdb_map import LmdbMap, Postmap
from tenant_agent.reacting import Reacting
from tenant_agent.relays import logins
from tenant_agent.relays.book import RelayBook
from tenant_agent.relays.logins import Logins
from tenant_agent.relays.trial import Trials
from tenant_agent.render.ways_out import REROUTED
from tenant_agent.reroute import DeferredQueue, Rerouter
from tenant_agent.route import Providers, Router
from tenant_agent.route.providers import LookUp, look_up
from tenant_agent.sending import Sending
from tenant_agent.settings import Settings
from tenant_agent.spool import Reporter
from tenant_agent.submission import Submissions
from tenant_agent.transports import defined_in
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

CAPACITY = 500
"""Deliveries that the node holds before Postfix has them: about a second's work, so that little waits on one node."""

_FULL_QUEUE = 2_000
"""With so many messages in Postfix's active queue, nothing more is asked for."""

_TOP_UP_SECONDS = 1.0
_PRUNE_SECONDS = 600.0
_TELL_AGAIN_SECONDS = 60.0
_RETENTION_MS = 7 * 86_400_000
"""Postfix's queue lifetime, 5 days, and a margin: for so long a log line may still tell of a delivery."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class MailWork:
    """Takes offers to events. All of it survives the link, Postfix and the agent itself going away at any moment."""

    def __init__(
        self,
        settings: Settings,
        outlet: Outlet,
        *,
        capacity: int = CAPACITY,
        resolve: LookUp = look_up,
        clock: Clock | None = None,
    ) -> None:
        self._layout = settings.layout
        self._outlet = outlet
        self._journal = Journal(
            self._layout.mail_database,
            (ledger.SCHEMA, rerouting.SCHEMA, spool.SCHEMA, follower.SCHEMA, reacting.SCHEMA),
            ledger.upgrade,
        )
        self._clock = clock or SystemClock()
        self._providers = Providers(resolve, self._clock)
        self._relays = RelayBook(self._layout.state / "relays.json", self._clock)
        self._trials = Trials(settings.walls)
        self._owners = Owners(self._layout.state_database)
        self._allowances = Allowances(
            self._layout.state_database, self._layout.state / "allowances.db", self._clock, self._want_a_beat
        )
        self._held = HeldAddresses()
        self._gave_back = asyncio.Event()
        self._takes_returns = False
        self._beat_soon: Callable[[], None] = lambda: None
        self._batches = itertools.count(1)
        self._returns: dict[int, tuple[wire.Returned, ...]] = {}
        self._reporter = Reporter(self._journal, outlet)
        self._credit = CreditLine(capacity)
        self._connected = False
        self._room = asyncio.Event()
        self._router: Router | None = None
        self._node_changed = asyncio.Event()
        self._sending = Sending()
        self._injector: Injector | None = None
        self._rerouter: Rerouter | None = None

    def set_node(self, node: wire.NodeItem, generation: int) -> None:
        """Route by this from now on; what waited for a sending address may go now."""
        self._held.look_at(ip.address for ip in node.ips)
        if self._router is None:
            self._router = Router(
                node,
                generation,
                providers=self._providers,
                relays=self._relays,
                clock=self._clock,
                is_held=self._held.has,
            )
            self._router.restore(self._journal.read(reacting.recall))
            self._router.set_sending(self._sending)
            self._router.remember(self._journal.read(rerouting.transports))
            self._journal.read(self._router.budgets.load)
        else:
            self._router.set_node(node, generation)
        self._router.set_transports(self._defined_transports())
        self._node_changed.set()

    def set_sending(self, sending: Sending) -> None:
        """Follow these limits, caps and relays from now on."""
        self._sending = sending
        self._trials.follow(sending.relays)
        if self._router is not None:
            self._router.set_sending(sending)
            self._router.set_transports(self._defined_transports())
            self._node_changed.set()

    async def connected(self, *, takes_returns: bool = False) -> None:
        """Ask again about what was offered, give back what was to be, report from the oldest event on, ask for work."""
        self._takes_returns = takes_returns
        self._returns.clear()
        self._set_may_give_back()
        self._credit.reset()
        self._connected = True
        self._reporter.connected()
        for lease_id in self._journal.read(ledger.unanswered):
            await self._send(wire.Take(lease_id=lease_id))
        self._gave_back.set()
        await self._top_up()

    async def disconnected(self) -> None:
        """Go on with what was taken."""
        self._connected = False
        self._set_may_give_back()
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

    async def accepted(self, answer: wire.Accepted) -> None:
        """Forget what was given back and is in other hands."""
        returned = self._returns.pop(answer.batch, ())
        await self._journal.write(lambda db: returns.accepted(db, returned))
        await self._top_up()

    async def received(self, answer: wire.Received) -> None:
        """Drop what the control plane has stored."""
        await self._reporter.received(answer.batch)

    def given_back(self) -> int:
        """Count the deliveries that were given back and that nobody has accepted yet."""
        return self._journal.read(returns.count)

    def spooled(self) -> int:
        """Count the events that wait for the control plane."""
        return self._journal.read(spool.size)

    def on_need(self, beat_soon: Callable[[], None]) -> None:
        """Have this called when the next heartbeat should not be waited for."""
        self._beat_soon = beat_soon

    def _want_a_beat(self) -> None:
        self._beat_soon()

    def provider_of(self, domain: str) -> str:
        """Name the class of a domain's servers, as far as that is known; empty if not."""
        found = self._providers.of(domain)
        return "" if found is None else found.name

    def add_to(self, beat: wire.Heartbeat) -> wire.Heartbeat:
        """Say what has left from addresses that warm up, what providers' replies led to, and which relays fail."""
        beat = self._allowances.told(beat)
        if self._router is None:
            return beat
        now_ms = self._clock.now_ms()
        return msgspec.structs.replace(
            beat,
            warmup_sent=self._router.budgets.today(now_ms),
            reactions=self._router.reactions.in_force(now_ms),
            relays_open=self._relays.open_relays(),
            relay_probes=dict(self._trials.results),
        )

    async def run(self) -> None:
        """Work until cancelled; begins when the node is known."""
        try:
            await self._node_changed.wait()
            assert self._router is not None
            await self._run(self._router)
        finally:
            self._journal.close()
            self._allowances.close()
            self._owners.close()

    async def _run(self, router: Router) -> None:
        layout, journal = self._layout, self._journal
        ways = LmdbMap(layout.maps / f"{REROUTED}.lmdb", Postmap(layout.state / "postmap"))
        self._rerouter = rerouter = Rerouter(journal, router, DeferredQueue(layout), ways, clock=self._clock)
        reactions = Reacting(journal, router, rerouter)
        reader = Follower(
            journal, layout.mail_log, router=router, on_events=self._reporter.wake, on_answers=reactions.hear
        )
        queue = PostfixQueue(layout.postfix_config, layout.postfix_queue, layout.ports.inject)
        gate = Gate(port=layout.ports.inject)
        self._injector = Injector(
            journal,
            router,
            reader,
            queue,
            gate,
            on_progress=self._progressed,
            on_given_back=self._gave_back.set,
            now_ms=self._clock.now_ms,
        )
        self._set_may_give_back()
        submissions = Submissions(router, self._owners, count=self._count, allowances=self._allowances)
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(Policy(router, submissions), layout.policy_socket))
            group.create_task(logins.serve(Logins(self._relays, self._relay_of), layout.relay_socket))
            group.create_task(self._give_back_for_ever())
            group.create_task(rerouter.run())
            group.create_task(reactions.run())
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
            if self._rerouter is not None:
                self._rerouter.wake()

    async def _top_up_for_ever(self) -> None:
        while True:
            await within(_TOP_UP_SECONDS, self._room)
            self._room.clear()
            await self._top_up()

    async def _prune_for_ever(self) -> None:
        while True:
            pruned = await self._journal.write(_prune)
            log.debug("ledger.pruned", deliveries=pruned)
            if self._rerouter is not None:
                self._rerouter.forget()
            await asyncio.sleep(_PRUNE_SECONDS)

    async def _top_up(self) -> None:
        if not self._connected:
            return
        if self._router is not None and self._router.node.draining:
            return
        now_ms = self._clock.now_ms()
        held = self._journal.read(lambda db: ledger.not_queued(db, now_ms))
        deliveries = self._credit.top_up(held=held, queue_is_full=self._queue_is_full)
        if deliveries:
            await self._send(wire.Credit(deliveries=deliveries))

    def _set_may_give_back(self) -> None:
        if self._injector is not None:
            self._injector.may_give_back = self._connected and self._takes_returns

    async def _give_back_for_ever(self) -> None:
        """Tell of what is to be given back, at once and until it is accepted."""
        while True:
            await within(_TELL_AGAIN_SECONDS, self._gave_back)
            self._gave_back.clear()
            self._look_at_addresses()
            if self._connected and self._takes_returns:
                await self._give_back()

    def _look_at_addresses(self) -> None:
        if self._router is not None and self._held.look_at(ip.address for ip in self._router.node.ips):
            self._node_changed.set()

    async def _give_back(self) -> None:
        after = 0
        while True:
            after, returned = self._journal.read(partial(returns.untold, after=after))
            if not returned:
                return
            batch = next(self._batches)
            self._returns[batch] = returned
            await self._send(wire.Return(batch=batch, deliveries=returned))

    async def _count(self, budget: Budget) -> None:
        await self._journal.write(lambda db: budgets.count(db, [budget], 1))

    def _relay_of(self, token: str) -> str | None:
        delivery = self._journal.read(lambda db: ledger.by_token(db, token))
        way = delivery.assignment if delivery is not None else None
        return way.route.relay_id if way is not None else None

    def _defined_transports(self) -> frozenset[str]:
        path = self._layout.postfix_config / "master.cf"
        return defined_in(path.read_text()) if path.exists() else frozenset()

    def _queue_is_full(self) -> bool:
        return active_messages(self._layout.postfix_queue) >= _FULL_QUEUE

    async def _send(self, frame: wire.FromAgent) -> None:
        """Send a frame that the next connection asks for again if this one breaks."""
        try:
            await self._outlet.send(frame)
        except LinkDown:
            log.debug("work.unsent", frame=type(frame).__name__)


def _prune(db: sqlite3.Connection) -> int:
    budgets.prune(db, _now_ms())
    return ledger.prune(db, offered_before_ms=_now_ms() - _RETENTION_MS)
