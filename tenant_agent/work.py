"""The node's mail path, from a leased batch to the last event of its deliveries: the parts put together."""

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import structlog

from tenant_agent import budgets, ledger, reacting, rerouting, returns, spool, submitted, wire
from tenant_agent.allowances import Allowances
from tenant_agent.assignment import Budget
from tenant_agent.clock import Clock, SystemClock
from tenant_agent.credit import CAPACITY, Credits, active_messages
from tenant_agent.fetched.download import Download
from tenant_agent.fetched.supply import FileSupply, Surroundings
from tenant_agent.held import HeldAddresses
from tenant_agent.inject import Gate, Injector, PostfixQueue
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.maillog import follower
from tenant_agent.maillog.follower import Follower
from tenant_agent.outlet import Outlet
from tenant_agent.owners import Owners
from tenant_agent.policy import Policy, serve
from tenant_agent.probe import Departure, Prober, departure
from tenant_agent.probe import book as probes
from tenant_agent.projections.lmdb_map import LmdbMap, Postmap
from tenant_agent.reacting import Reacting
from tenant_agent.relays import logins
from tenant_agent.relays.book import RelayBook
from tenant_agent.relays.trial import Trials
from tenant_agent.relays.whose import Whose
from tenant_agent.render.ways_out import REROUTED
from tenant_agent.reroute import DeferredQueue, Rerouter
from tenant_agent.resubmit import Resubmitter
from tenant_agent.route import Providers, Router
from tenant_agent.route.providers import LookUp, look_up
from tenant_agent.sending import Sending
from tenant_agent.settings import Settings
from tenant_agent.spool import Reporter
from tenant_agent.submission import Submissions
from tenant_agent.submitted import Submitted
from tenant_agent.transports import defined_in
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

_TOP_UP_SECONDS = 1.0
_TOP_UP_PAUSE_SECONDS = 0.05
_PRUNE_SECONDS = 600.0
_TELL_AGAIN_SECONDS = 60.0
_ALONE_SECONDS = 45.0
"""A node that has been alone for so long is about to be called lost: what it took may be given to others."""
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
            (
                ledger.SCHEMA,
                rerouting.SCHEMA,
                submitted.SCHEMA,
                spool.SCHEMA,
                follower.SCHEMA,
                reacting.SCHEMA,
                probes.SCHEMA,
            ),
            ledger.upgrade,
        )
        self._clock = clock or SystemClock()
        self._providers = Providers(resolve, self._clock)
        self._relays = RelayBook(self._layout.relay_breakers, self._clock)
        self._trials = Trials(settings.walls)
        self._owners = Owners(self._layout.state_database)
        self._allowances = Allowances(
            self._layout.state_database, self._layout.allowances, self._clock, self._want_a_beat
        )
        self._held = HeldAddresses()
        self._gave_back = asyncio.Event()
        self._takes_returns = False
        self._beat_soon: Callable[[], None] = lambda: None
        self._batches = itertools.count(1)
        self._returns: dict[int, tuple[wire.Returned, ...]] = {}
        self._reporter = Reporter(self._journal, outlet)
        self._credit = Credits(capacity, partial(active_messages, self._layout.postfix_queue))
        self._connected = False
        self._alone_since: float | None = None
        self._in_doubt = asyncio.Event()
        self._room = asyncio.Event()
        self._router: Router | None = None
        self._node_changed = asyncio.Event()
        self._sending: Sending | None = None
        self._injector: Injector | None = None
        self._rerouter: Rerouter | None = None
        self._queue = PostfixQueue(self._layout.postfix_config, self._layout.postfix_queue, self._layout.ports.inject)
        self._gate = Gate(port=self._layout.ports.inject)
        self._files = FileSupply(
            self._journal,
            self._layout.fetched,
            self._clock,
            Surroundings(self._wake_injector, lambda: self._connected and self._takes_returns, self._gave_back.set),
        )
        self._prober = Prober(
            self._journal,
            self._gate,
            outlet,
            listing=self._queue,
            removal=DeferredQueue(self._layout),
            depart=self._depart,
            clock=self._clock,
        )

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
            if self._sending is not None:
                self._router.set_sending(self._sending)
            self._router.remember(self._journal.read(rerouting.transports))
            self._relays.remember(self._journal.read(rerouting.relays))
            people = self._journal.read(submitted.ways)
            self._router.remember(way.transport for way in people)
            self._relays.remember(way.route.relay_id for way in people if way.route.relay_id is not None)
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

    def fetch_by(self, download: Download) -> None:
        """Fetch large files this way; said before `run`."""
        self._files.fetch_by(download)

    def probe(self, item: wire.DaemonsItem) -> None:
        """Make the item's probe, unless that was made before."""
        self._prober.ask(item)

    async def connected(self, *, takes_returns: bool = False) -> None:
        """Ask again about what waits, give back what was to be, report from the oldest event on, ask for work.

        What was taken is asked for again, too: the node may have been given up while it was away.
        """
        self._takes_returns = takes_returns
        self._returns.clear()
        self._set_may_give_back()
        self._credit.reset()
        self._connected = True
        self._alone_since = None
        self._reporter.connected()
        self._prober.connected()
        await self._journal.write(ledger.doubt)
        await self._ask_again()
        self._gave_back.set()
        await self._top_up()

    async def disconnected(self) -> None:
        """Go on with what was taken, for a while."""
        self._connected = False
        self._alone_since = self._clock.monotonic()
        self._set_may_give_back()
        self._reporter.disconnected()

    async def _ask_again(self) -> None:
        for lease_id in self._journal.read(ledger.unanswered):
            await self._send(wire.Take(lease_id=lease_id))

    async def offered(self, offer: wire.Offer) -> None:
        """Write a batch down, then ask whether it is still ours."""
        self._credit.offered(offer)
        await self._journal.write(lambda db: ledger.record_offer(db, offer, _now_ms()))
        await self._send(wire.Take(lease_id=offer.lease_id))

    async def taken(self, answer: wire.Taken) -> None:
        """Inject a batch, or forget it.

        A yes counts however late it comes: the control plane has written it down and gives the batch to nobody else.
        """
        settled = ledger.take if answer.yours else ledger.forget
        await self._journal.write(lambda db: settled(db, answer.lease_id))
        self._wake_injector()
        self._files.wake()
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

    def submit(self, tenant_id: str, recipients: int, size: int) -> str | None:
        """Count a mail of so many bytes that is submitted with a key, or give the reply that refuses it."""
        return self._allowances.check(tenant_id, recipients, size)

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
            if not self._connected:  # `connected` asks whether what was taken in a former life is still the node's
                await self._journal.write(ledger.doubt)
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
            journal,
            layout.mail_log,
            router=router,
            on_events=self._reporter.wake,
            on_answers=reactions.hear,
            book_probes=probes.book,
            on_probes=self._prober.wake,
        )
        self._injector = Injector(
            journal,
            router,
            reader,
            self._queue,
            self._gate,
            on_progress=self._progressed,
            on_given_back=self._gave_back.set,
            on_doubt=self._in_doubt.set,
            now_ms=self._clock.now_ms,
            read_file=self._files.read,
        )
        self._set_may_give_back()
        whose = Whose(self._relays, journal, self._owners)
        submissions = Submissions(
            router, self._owners, count=self._count, allowances=self._allowances, note=self._note_submitted
        )
        resubmitter = Resubmitter(journal, router, submissions, DeferredQueue(layout), ways)
        async with asyncio.TaskGroup() as group:
            policy = Policy(router, submissions, way_of_probe=self._prober.way_of)
            group.create_task(serve(policy, layout.policy_socket))
            group.create_task(self._prober.run())
            group.create_task(logins.serve(whose.relays_of, layout.relay_socket))
            group.create_task(self._give_back_for_ever())
            group.create_task(rerouter.run())
            group.create_task(resubmitter.run())
            group.create_task(reactions.run())
            group.create_task(reader.run())
            group.create_task(self._injector.run())
            group.create_task(self._reporter.run())
            group.create_task(self._files.run())
            group.create_task(self._hurry_when_node_changes(self._injector))
            group.create_task(self._top_up_for_ever())
            group.create_task(self._prune_for_ever())

    def _wake_injector(self) -> None:
        if self._injector is not None:
            self._injector.wake()

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
            await self._doubt_when_alone()
            await self._top_up()
            await asyncio.sleep(_TOP_UP_PAUSE_SECONDS)

    async def _doubt_when_alone(self) -> None:
        """Inject no more of what was taken when somebody else may have it by now; ask, if there is somebody to ask."""
        if self._alone_since is not None and self._clock.monotonic() - self._alone_since > _ALONE_SECONDS:
            self._alone_since = None
            await self._journal.write(ledger.doubt)
        if self._in_doubt.is_set():
            self._in_doubt.clear()
            if self._connected:
                await self._ask_again()

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
        credit = self._credit.top_up(self._journal.read(lambda db: ledger.not_queued(db, now_ms)))
        if credit is not None:
            await self._send(credit)

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

    async def _note_submitted(self, mail: Submitted) -> None:
        await self._journal.write(lambda db: submitted.note(db, mail, _now_ms()))

    async def _count(self, counted: Sequence[Budget], amount: int) -> None:
        await self._journal.write(lambda db: budgets.count(db, counted, amount))

    async def _depart(self, domain: str) -> Departure | None:
        assert self._router is not None
        provider = await self._providers.wait_for(domain)
        return departure(self._router.node, provider.name, self._defined_transports(), self._held.has)

    def _defined_transports(self) -> frozenset[str]:
        path = self._layout.postfix_config / "master.cf"
        return defined_in(path.read_text()) if path.exists() else frozenset()

    async def _send(self, frame: wire.FromAgent) -> None:
        """Send a frame that the next connection asks for again if this one breaks."""
        try:
            await self._outlet.send(frame)
        except LinkDown:
            log.debug("work.unsent", frame=type(frame).__name__)


def _prune(db: sqlite3.Connection) -> int:
    budgets.prune(db, _now_ms())
    submitted.prune(db, before_ms=_now_ms() - _RETENTION_MS)
    return ledger.prune(db, offered_before_ms=_now_ms() - _RETENTION_MS)
