"""The agent's heart: takes changes in, makes the node follow them, and says so once they are in force.

One tick: store what came → project it → configure the daemons if the node itself changed → fill Redis if it is empty →
reload Postfix if the set of domains changed, Dovecot if certificates did → acknowledge. Then it rests until a frame
comes or something falls due. Blocking work is done in one thread of its own, so that mail goes on meanwhile.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NamedTuple, TypeVar

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.apply import Configurator, Problem
from tenant_agent.audit.watch import Watch
from tenant_agent.backoff import Backoff
from tenant_agent.clock import Clock
from tenant_agent.debounce import Debounce
from tenant_agent.design import Design
from tenant_agent.digests import digests
from tenant_agent.drivers import NotServing
from tenant_agent.link import LinkDown
from tenant_agent.moves.duties import Duty
from tenant_agent.plan import Plan
from tenant_agent.project import VOLATILE, Table
from tenant_agent.projections import Unavailable, Unverified
from tenant_agent.projector import Outcome, Projector
from tenant_agent.reloading import Reloading
from tenant_agent.sending import Sending
from tenant_agent.state import State

log = structlog.get_logger(__name__)

RELOAD_INTERVAL_SECONDS = 10.0
"""Postfix loses much of its speed when it is reloaded every second, and none at this pace."""
DOVECOT_INTERVAL_SECONDS = 30.0
"""Dovecot reads all certificates again each time: with 1,000 of them whoever connects next waits for two seconds."""
WATCH_SECONDS = 1.0
"""How often Redis is asked whether it still has the signing keys."""

_T = TypeVar("_T")
_Effect = Callable[[], Awaitable[None]]


class _Arrival(NamedTuple):
    """A frame of changes; a snapshot comes in several, of which the first begins it and the last makes it whole."""

    changes: wire.Changes
    begins: bool

    @property
    def is_whole(self) -> bool:
        return not (self.changes.snapshot and self.changes.more)


class Loop:
    """Keeps the node at its desired state."""

    def __init__(
        self,
        state: State,
        projector: Projector,
        configurator: Configurator,
        *,
        send: Callable[[wire.FromAgent], Awaitable[None]],
        reload_postfix: _Effect,
        reload_dovecot: _Effect,
        follow_logins: Callable[[Mapping[str, str | None], Iterable[str]], Awaitable[None]],
        node_changed: Callable[[wire.NodeItem, int], None],
        sending_changed: Callable[[Sending], None] = lambda _: None,
        peers_changed: Callable[[wire.PeersItem], None] = lambda _: None,
        probe: Callable[[wire.DaemonsItem], None] = lambda _: None,
        duties_changed: Callable[[Mapping[str, Duty]], None] = lambda _: None,
        rerouted: Callable[[Iterable[str]], None] = lambda _: None,
        watch: Watch | None = None,
        clock: Clock,
    ) -> None:
        self._state = state
        self._projector = projector
        self._configurator = configurator
        self._send = send
        self._follow_logins = follow_logins
        self._node_changed = node_changed
        self._sending_changed = sending_changed
        self._peers_changed = peers_changed
        self._peers = wire.PeersItem(peers=())
        self._probe = probe
        self._duties_changed = duties_changed
        self._rerouted = rerouted
        self._watch = watch
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="projector")
        self._inbox: list[_Arrival] = []
        self._is_arriving = False
        self._parts: list[wire.Change] = []
        self._woken = asyncio.Event()
        self._projection_due = True  # on start, finish what a former life may have left
        self._design: Design | None = None
        self._configured: Design | None = None
        self._daemons: wire.DaemonsItem | None = None
        self._sending: Sending | None = None
        self._digesting: asyncio.Task[None] | None = None
        self._problems: tuple[Problem, ...] = ()
        self._keys_filled = True
        self._postfix = Reloading("postfix", reload_postfix, Debounce(RELOAD_INTERVAL_SECONDS))
        self._dovecot = Reloading("dovecot", reload_dovecot, Debounce(DOVECOT_INTERVAL_SECONDS))
        self._reloads = (self._postfix, self._dovecot)
        self._retry = Backoff(1.0, 60.0)
        self._retry_at = 0.0
        self.applied_generation = state.applied_generation
        """The last generation that is in force."""

    # --- From the link ------------------------------------------------------------------------------------------------

    async def connected(self) -> None:
        """Say again what is in force and how that went: what was said last may have been lost."""
        with suppress(LinkDown):
            for report in self._configurator.reports.all():
                await self._send(report)
        if self.applied_generation:
            await self._acknowledge(self._state.quarantined())

    async def disconnected(self) -> None:
        """Drop half a snapshot; the next connection begins anew."""
        self._parts.clear()
        self._is_arriving = False

    async def received(self, changes: wire.Changes) -> None:
        """Take a frame of changes; the parts of a snapshot, or of all that some tenants have, are gathered first."""
        if changes.of_tenants and changes.more:
            self._parts.extend(changes.changes)
            return
        if changes.of_tenants:
            changes = msgspec.structs.replace(changes, changes=(*self._parts, *changes.changes))
            self._parts.clear()
        self._inbox.append(_Arrival(changes, begins=changes.snapshot and not self._is_arriving))
        self._is_arriving = changes.snapshot and changes.more
        self._woken.set()

    def asked_for_digests(self) -> None:
        """Tell the digests soon; asked meanwhile, once."""
        if self._digesting is None or self._digesting.done():
            self._digesting = asyncio.create_task(self._tell_digests())

    async def _tell_digests(self) -> None:
        try:
            await self._send(await asyncio.to_thread(digests, self._state.path))
        except (LinkDown, sqlite3.Error) as error:
            log.info("digests.not_told", reason=str(error))  # they are asked for again

    # --- The machine --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            await self.tick()
            await self._rest()

    async def tick(self) -> None:
        """Do all that is due now."""
        self._woken.clear()
        outcome = await self._project()
        if outcome is not None:
            await self._follow(outcome)
        before = self._shortcomings()
        await self._configure()
        self._tell_how_to_send(outcome)
        if outcome is not None:
            self._duties_changed(outcome.duties)  # what its rows say of a mailbox is in force by now
        self._have_probed()
        self._keys_filled = await self._in_thread(self._projector.fill_signing_keys)
        for daemon in self._reloads:
            await daemon.reload_if_due(self._clock)
        if outcome is not None:
            self.applied_generation = outcome.generation
            await self._acknowledge(outcome.refused)
        elif self._shortcomings() != before:
            await self._acknowledge(())
        if self._watch is not None:
            await self._look_after(self._watch)

    async def _project(self) -> Outcome | None:
        frames, self._inbox = self._inbox, []
        try:
            return await self._in_thread(lambda: self._store_and_project(frames))
        except (OSError, sqlite3.Error, Unavailable, Unverified) as error:
            log.error("projection.failed", reason=str(error), next_step="it is tried again by itself")  # noqa: TRY400
            self._inbox = [*frames, *self._inbox]
            self._projection_due = True
            return None

    def _store_and_project(self, arrivals: list[_Arrival]) -> Outcome | None:
        """Take what came, one after the other; what is left when that fails was not stored."""
        while arrivals:
            self._store(arrivals[0])
            self._projection_due |= arrivals.pop(0).is_whole
        if not self._projection_due:
            return None
        outcome = self._projector.bring_up()
        self._projection_due = False
        return outcome

    def _store(self, arrival: _Arrival) -> None:
        frame = arrival.changes
        if not arrival.is_whole:
            self._state.keep_part(frame.changes, begins=arrival.begins)
        elif frame.snapshot:
            if arrival.begins:
                self._state.keep_part((), begins=True)
            self._state.replace(frame.generation, frame.changes)
        elif frame.of_tenants:
            self._state.replace_tenants(frame.generation, frame.of_tenants, frame.changes)
        else:
            self._state.store(frame.generation, frame.changes)

    async def _follow(self, outcome: Outcome) -> None:
        if outcome.node is not None:
            daemons = msgspec.structs.replace(outcome.daemons, probe=None)
            self._design = Design(node=outcome.node, shaping=outcome.sending.shaping, daemons=daemons)
        self._daemons = outcome.daemons
        if self._watch is not None:
            self._watch.note_rows([row for row in outcome.drifted if row.table not in VOLATILE])
        if outcome.peers != self._peers:
            self._peers = outcome.peers
            self._peers_changed(outcome.peers)
        if outcome.changes_domains or outcome.changes_own_certificate or outcome.rerouted:
            self._postfix.due.ask()  # its queue manager remembers the last address that it asked the way to
        if outcome.rerouted:
            self._rerouted(outcome.rerouted)
        if outcome.changes_local_names or outcome.changes_own_certificate:
            self._dovecot.due.ask()
        if outcome.changes_own_certificate:
            self._configured = None  # it may lie elsewhere now
        await self._follow_logins(outcome.logins, outcome.stale_logins)

    async def _look_after(self, watch: Watch) -> None:
        """Put right what somebody else has changed, and tell it; what is to be projected comes first."""
        if self._projection_due or self._inbox:
            return
        try:
            plans = await self._in_thread(watch.look)
            self._projection_due = watch.wants_projection()
            if watch.has_ended():
                for service, path in await self._configurator.put_right():
                    watch.note(service, path)
        except (OSError, sqlite3.Error, Unavailable, Unverified, NotServing) as error:
            log.warning("drift.not_looked_for", reason=str(error))
            return
        for plan in plans:
            await self._catch_up_with(plan)
        with suppress(LinkDown):
            found = watch.found()
            if found:
                await self._send(wire.Drifted(found=found))
                watch.told(found)

    async def _catch_up_with(self, plan: Plan) -> None:
        if plan.changes_domains or plan.changes(Table.OWN_CERTIFICATE):
            self._postfix.due.ask()
        if plan.changes(Table.LOCAL_NAMES) or plan.changes(Table.OWN_CERTIFICATE):
            self._dovecot.due.ask()
        await self._follow_logins(plan.logins, plan.stale_logins)

    async def _configure(self) -> None:
        """Apply what the node is, when that has changed, and again after a while if a service did not take it."""
        now = self._clock.monotonic()
        design = self._design
        if design is None or (design == self._configured and not (self._problems and now >= self._retry_at)):
            return
        self._problems = await self._configurator.apply(design, self._state.generation)
        self._configured = design
        self._node_changed(design.node, self._state.generation)
        with suppress(LinkDown):  # `connected` says it again
            for report in self._configurator.reports.untold():
                await self._send(report)
        if self._problems:
            self._retry_at = self._clock.monotonic() + self._retry.next_seconds()
        else:
            self._retry.reset()

    def _tell_how_to_send(self, outcome: Outcome | None) -> None:
        """Pass on how mail leaves; by now Postfix has the transports for it."""
        if outcome is not None and outcome.sending != self._sending:
            self._sending = outcome.sending
            self._sending_changed(outcome.sending)

    def _have_probed(self) -> None:
        """Ask for the mail that shows whether what is in force does its work."""
        if self._daemons is not None and not self._problems:
            self._probe(self._daemons)

    async def _acknowledge(self, refused: Iterable[wire.Quarantined]) -> None:
        # What the node itself lacks is said each time while it does: left out, it is over.
        own = (entry for entry in self._state.quarantined() if entry.kind == "node")
        quarantined = tuple(dict.fromkeys((*refused, *own, *self._shortcomings())))
        frame = wire.Applied(generation=self.applied_generation, quarantined=quarantined)
        try:
            await self._send(frame)
        except LinkDown:
            return  # `connected` says it again
        log.info("changes.applied", generation=frame.generation, quarantined=len(frame.quarantined))

    def _shortcomings(self) -> tuple[wire.Quarantined, ...]:
        """Give what the node itself lacks, as if its item were in quarantine."""
        reasons = [f"{problem.service}: {problem.reason}" for problem in self._problems]
        if self._design is not None and "outbound" in self._design.node.roles and not self._keys_filled:
            reasons.append("redis: it does not answer, so mail waits for its signature")
        return tuple(wire.Quarantined(kind="node", key="self", tenant_id=None, reason=reason) for reason in reasons)

    async def _rest(self) -> None:
        waits = [daemon.due.wait_seconds(self._clock.monotonic()) for daemon in self._reloads]
        with suppress(TimeoutError):
            async with asyncio.timeout(min([WATCH_SECONDS, *(wait for wait in waits if wait is not None)])):
                await self._woken.wait()

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
