"""One connection of one agent from greeting to end: reading goes on whatever the database does.

What else is to be done is an errand of its own; the first to fail ends all. A connection that is replaced by a newer
one of the same node ends, in whichever process it lives: the newer one announces itself with an id that sorts later.
"""

import asyncio
from collections.abc import Sequence
from typing import assert_never

import structlog

from control_plane.bounces.return_path import ReturnPaths
from control_plane.core import ids
from control_plane.core.ids import NodeId
from control_plane.core.outbox import Signal
from control_plane.core.runtime import Runtime
from control_plane.core.valkey import ValkeyUnavailable
from control_plane.deliveries import service as deliveries
from control_plane.moves import service as moves
from control_plane.nodes import channels, service
from control_plane.nodes.link.checkup import Checkup
from control_plane.nodes.link.errands import Errand, Errands
from control_plane.nodes.link.frames import End, Frames, LinkEnded
from control_plane.nodes.link.pulse import Pulse
from control_plane.nodes.link.state import StateFeed
from control_plane.nodes.link.work import WorkFeed
from control_plane.nodes.schemas import LinkedNode
from control_plane.nodes.service import drift, peers
from control_plane.rollouts import service as rollouts
from tenant_agent import wire

_log = structlog.get_logger()

_GREETING_SECONDS = 10.0
_HEARTBEAT_SECONDS = 10.0
_SILENCE_SECONDS = 45.0
_DIGESTS_SINCE = 2  # the version of the link
_WAITING_FRAMES = 32
_WAITING_REPORTS = 4  # as many as an agent sends ahead; each may be large


class Session:
    """A connection that was accepted."""

    def __init__(self, runtime: Runtime, pulse: Pulse, node: LinkedNode, frames: Frames) -> None:
        self._runtime = runtime
        self._pulse = pulse
        self._node = node
        self._frames = frames
        self._id = ids.bare(ids.new_uuid())
        self._errands = Errands()
        self._work = WorkFeed(
            runtime.db,
            runtime.blobs,
            node.id,
            frames,
            lambda: pulse.pass_on(node.id),
            ReturnPaths.of(runtime.vault),
        )
        self._state = StateFeed(runtime.db, node.id, frames, 0, pulse.pages)
        self._takes: asyncio.Queue[wire.Take | wire.Return] = asyncio.Queue(_WAITING_FRAMES)
        self._reports: asyncio.Queue[wire.Report] = asyncio.Queue(_WAITING_REPORTS)
        self._applied: asyncio.Queue[wire.Applied] = asyncio.Queue(_WAITING_REPORTS)
        self._drifted: asyncio.Queue[wire.Drifted] = asyncio.Queue(_WAITING_REPORTS)
        self._moved: asyncio.Queue[wire.Moved] = asyncio.Queue(_WAITING_FRAMES)
        self._outcomes: asyncio.Queue[wire.Configured | wire.Probed] = asyncio.Queue(_WAITING_REPORTS)
        self._checkup: Checkup | None = None
        self._feeding = Errand(self._errands, self._advance)
        self._offering = Errand(self._errands, self._work.offer_all)
        self._taking = Errand(self._errands, self._answer_takes)
        self._storing = Errand(self._errands, self._store_reports)
        self._noting = Errand(self._errands, self._note_applied)
        self._checking = Errand(self._errands, self._check_up)
        self._recording = Errand(self._errands, self._note_drifts)
        self._hearing = Errand(self._errands, self._note_outcomes)
        self._moving = Errand(self._errands, self._go_on_with_moves)

    # --- As the pulse sees it -----------------------------------------------------------------------------------------

    @property
    def node_id(self) -> NodeId:
        return self._node.id

    @property
    def generation(self) -> int:
        return self._state.generation

    @property
    def has_credit(self) -> bool:
        return self._work.has_credit

    @property
    def has_some_credit(self) -> bool:
        return self._work.has_some_credit

    def state_changed(self) -> None:
        self._feeding.ask()

    def work_waits(self) -> None:
        self._offering.ask()

    # --- From greeting to end -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve the agent until the connection ends, and close it with the reason."""
        try:
            await self._serve()
        except* LinkEnded as ended:
            await self._end(_first(ended))
        except* Exception as broken:  # noqa: BLE001 - whatever it is, the agent connects again and nothing is lost
            _log.exception("a node's connection broke", action="link.broken", node=self._node.name, exc_info=broken)
            await self._end(LinkEnded(End.OUR_FAULT, "something went wrong here: connect again"))

    async def _end(self, ended: LinkEnded) -> None:
        _log.info("a node disconnected", action="link.ended", node=self._node.name, reason=ended.reason)
        if ended.code is not None:
            await self._frames.close(ended.code, ended.reason)

    async def _serve(self) -> None:
        hello = await self._greet()
        self._state = StateFeed(self._runtime.db, self._node.id, self._frames, hello.generation, self._pulse.pages)
        self._work.fetches_files = hello.fetches_files
        if hello.wire_version >= _DIGESTS_SINCE:
            self._checkup = Checkup(self._runtime, self._node.id, self._frames, self._send_anew)
        async with self._errands, self._runtime.signals.hear({channels.connection(self._node.id): self._told}):
            try:
                await self._announce()
                with self._pulse.serving(self):
                    self._feeding.ask()
                    await self._read()
            finally:
                self._errands.close()

    async def _greet(self) -> wire.Hello:
        hello = await self._frames.receive(_GREETING_SECONDS)
        if not isinstance(hello, wire.Hello):
            raise LinkEnded(End.MALFORMED, "the first frame must be Hello")
        if hello.wire_version < wire.OLDEST_WIRE_VERSION:
            raise LinkEnded(End.OLD_VERSION, f"the agent speaks version {hello.wire_version}: update it")
        if hello.oldest_wire_version > wire.WIRE_VERSION:
            raise LinkEnded(End.OLD_VERSION, f"we speak version {wire.WIRE_VERSION}: update the control plane")
        self._frames.seal_with(await self._pulse.signer.seal_for(self._node.id, hello))
        await service.seen(self._runtime.db, self._node.id, self._runtime.clock)
        if hello.renderers:
            await rollouts.knows(self._runtime.db, self._node.id, hello.renderers)
        if hello.fleet_certificate:
            await peers.shown(self._runtime.db, self._node.id, hello.fleet_certificate, self._runtime.clock)
        welcome = wire.Welcome(
            wire_version=wire.WIRE_VERSION,
            node_id=ids.encode("nod", self._node.id),
            heartbeat_seconds=_HEARTBEAT_SECONDS,
        )
        await self._frames.send(welcome)
        _log.info("a node connected", action="link.began", node=self._node.name, generation=hello.generation)
        return hello

    async def _announce(self) -> None:
        try:
            await self._runtime.signals.publish([Signal(channels.connection(self._node.id), self._id)])
        except ValkeyUnavailable:
            _log.warning("older connections were not told", action="link.not_announced", node=self._node.name)

    def _told(self, other: str) -> None:
        if other > self._id:
            self._errands.start(self._give_way)

    async def _give_way(self) -> None:
        raise LinkEnded(End.REPLACED, "a newer connection of this node took over")

    # --- What the agent says ------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            frame = await self._frames.receive(_SILENCE_SECONDS)
            match frame:
                case wire.Credit():
                    self._work.add_credit(frame)
                    self._offering.ask()
                case wire.Take() | wire.Return():
                    await self._takes.put(frame)
                    self._taking.ask()
                case wire.Report():
                    await self._reports.put(frame)
                    self._storing.ask()
                case wire.Applied():
                    await self._applied.put(frame)
                    self._noting.ask()
                case wire.Heartbeat():
                    self._pulse.heard(self._node.id, frame)
                    if self._checkup is not None and self._checkup.is_due:
                        self._checking.ask()
                case wire.Digests():
                    if self._checkup is not None:
                        self._checkup.said(frame)
                        self._checking.ask()
                case wire.Drifted():
                    await self._drifted.put(frame)
                    self._recording.ask()
                case wire.Moved():
                    await self._moved.put(frame)
                    self._moving.ask()
                case wire.Configured() | wire.Probed():
                    await self._outcomes.put(frame)
                    self._hearing.ask()
                case wire.Hello():
                    raise LinkEnded(End.MALFORMED, "Hello must come first, and once")
                case _:
                    assert_never(frame)

    async def _advance(self) -> None:
        await self._state.advance()

    async def _answer_takes(self) -> None:
        while not self._takes.empty():
            frame = self._takes.get_nowait()
            if isinstance(frame, wire.Return):  # in turn: what is given back may be taken anew right after
                await deliveries.give_back(self._runtime.db, self._node.id, frame.deliveries, self._runtime.clock)
                await self._frames.send(wire.Accepted(batch=frame.batch))
            else:
                yours = await deliveries.take(self._runtime.db, self._node.id, frame.lease_id)
                await self._frames.send(wire.Taken(lease_id=frame.lease_id, yours=yours))

    async def _store_reports(self) -> None:
        while not self._reports.empty():
            report = self._reports.get_nowait()
            await deliveries.ingest(self._runtime.db, self._node.id, report.events, self._runtime.clock)
            await self._frames.send(wire.Received(batch=report.batch))

    async def _note_applied(self) -> None:
        while not self._applied.empty():
            await self._pulse.applied.ask((self._node.id, self._applied.get_nowait()))

    def _send_anew(self, tenants: Sequence[str]) -> None:
        self._state.send_anew(tenants)
        self._feeding.ask()

    async def _check_up(self) -> None:
        if self._checkup is not None:
            await self._checkup.go_on()

    async def _note_drifts(self) -> None:
        while not self._drifted.empty():
            found = self._drifted.get_nowait().found
            await drift.note(self._runtime.db, self._node.id, found, self._runtime.clock)

    async def _note_outcomes(self) -> None:
        while not self._outcomes.empty():
            frame = self._outcomes.get_nowait()
            if isinstance(frame, wire.Probed):
                await rollouts.probed(self._runtime.db, self._node.id, frame)
            else:
                await rollouts.configured(self._runtime.db, self._node.id, frame, self._runtime.clock)

    async def _go_on_with_moves(self) -> None:
        while not self._moved.empty():
            await moves.told(self._runtime.db, self._node.id, self._moved.get_nowait(), self._runtime.clock)


def _first(group: BaseExceptionGroup[LinkEnded]) -> LinkEnded:
    """Give the reason that came first."""
    inner = group.exceptions[0]
    return inner if isinstance(inner, LinkEnded) else _first(inner)
