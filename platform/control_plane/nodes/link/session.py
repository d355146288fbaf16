"""One connection of one agent from greeting to end: reading goes on whatever the database does.

Each kind of work has a task of its own; the first to fail ends all. A connection that is replaced by a newer one of the
same node ends, in whichever process it lives: the newer one announces itself with an id that sorts later.
"""

import asyncio
from typing import assert_never

import structlog

from control_plane.core import ids
from control_plane.core.outbox import Signal
from control_plane.core.runtime import Runtime
from control_plane.core.valkey import ValkeyUnavailable
from control_plane.deliveries import service as deliveries
from control_plane.nodes import channels, service
from control_plane.nodes.link.frames import End, Frames, LinkEnded
from control_plane.nodes.link.state import StateFeed
from control_plane.nodes.link.work import WorkFeed
from control_plane.nodes.schemas import LinkedNode
from tenant_agent import wire

_log = structlog.get_logger()

_GREETING_SECONDS = 10.0
_HEARTBEAT_SECONDS = 10.0
_SILENCE_SECONDS = 45.0
_WAITING_FRAMES = 32
_LISTEN_SECONDS = 3600.0


class Session:
    """A connection that was accepted."""

    def __init__(self, runtime: Runtime, node: LinkedNode, frames: Frames) -> None:
        self._runtime = runtime
        self._node = node
        self._frames = frames
        self._id = ids.bare(ids.new_uuid())
        self._work = WorkFeed(runtime, node.id, frames)
        self._takes: asyncio.Queue[wire.Take] = asyncio.Queue(_WAITING_FRAMES)
        self._reports: asyncio.Queue[wire.Report] = asyncio.Queue(_WAITING_FRAMES)
        self._notes: asyncio.Queue[wire.Applied | wire.Heartbeat] = asyncio.Queue(_WAITING_FRAMES)

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
        state = StateFeed(self._runtime, self._node.id, self._frames, hello.generation)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._end_when_replaced())
            tasks.create_task(state.run())
            tasks.create_task(self._work.run())
            tasks.create_task(self._answer_takes())
            tasks.create_task(self._store_reports())
            tasks.create_task(self._write_notes())
            tasks.create_task(self._read())

    async def _greet(self) -> wire.Hello:
        hello = await self._frames.receive(_GREETING_SECONDS)
        if not isinstance(hello, wire.Hello):
            raise LinkEnded(End.MALFORMED, "the first frame must be Hello")
        if hello.wire_version < wire.OLDEST_WIRE_VERSION:
            raise LinkEnded(End.OLD_VERSION, f"the agent speaks version {hello.wire_version}: update it")
        if hello.oldest_wire_version > wire.WIRE_VERSION:
            raise LinkEnded(End.OLD_VERSION, f"we speak version {wire.WIRE_VERSION}: update the control plane")
        await service.seen(self._runtime.db, self._node.id, self._runtime.clock)
        welcome = wire.Welcome(
            wire_version=wire.WIRE_VERSION,
            node_id=ids.encode("nod", self._node.id),
            heartbeat_seconds=_HEARTBEAT_SECONDS,
        )
        await self._frames.send(welcome)
        _log.info("a node connected", action="link.began", node=self._node.name, generation=hello.generation)
        return hello

    async def _read(self) -> None:
        while True:
            frame = await self._frames.receive(_SILENCE_SECONDS)
            match frame:
                case wire.Credit():
                    self._work.add_credit(frame.deliveries)
                case wire.Take():
                    await self._takes.put(frame)
                case wire.Report():
                    await self._reports.put(frame)
                case wire.Applied() | wire.Heartbeat():
                    await self._notes.put(frame)
                case wire.Return() | wire.Digests() | wire.Drifted() | wire.Configured():
                    _log.warning("a frame has no room here yet", action="link.unhandled", node=self._node.name)
                case wire.Hello():
                    raise LinkEnded(End.MALFORMED, "Hello must come first, and once")
                case _:
                    assert_never(frame)

    async def _answer_takes(self) -> None:
        while True:
            take = await self._takes.get()
            yours = await deliveries.take(self._runtime.db, self._node.id, take.lease_id)
            await self._frames.send(wire.Taken(lease_id=take.lease_id, yours=yours))

    async def _store_reports(self) -> None:
        while True:
            report = await self._reports.get()
            await deliveries.ingest(self._runtime.db, self._node.id, report.events, self._runtime.clock)
            await self._frames.send(wire.Received(batch=report.batch))

    async def _write_notes(self) -> None:
        while True:
            note = await self._notes.get()
            if isinstance(note, wire.Applied):
                await service.applied(self._runtime.db, self._node.id, note.generation, note.quarantined)
            else:
                await service.seen(self._runtime.db, self._node.id, self._runtime.clock, note)

    async def _end_when_replaced(self) -> None:
        channel = channels.connection(self._node.id)
        async with self._runtime.signals.listen(channel) as others:
            try:
                await self._runtime.signals.publish([Signal(channel, self._id)])
            except ValkeyUnavailable:
                _log.warning("older connections were not told", action="link.not_announced", node=self._node.name)
            while True:
                other = await others.next(_LISTEN_SECONDS)
                if other is not None and other > self._id:
                    raise LinkEnded(End.REPLACED, "a newer connection of this node took over")


def _first(group: BaseExceptionGroup[LinkEnded]) -> LinkEnded:
    """Give the reason that came first."""
    inner = group.exceptions[0]
    return inner if isinstance(inner, LinkEnded) else _first(inner)
