"""What all connections of one process share: one look at the database every second, instead of several for each node.

Signals are quick and may be lost; the look finds what they would have said. It also writes down the heartbeats that
came since the last one. Nothing is kept here that another process needs: a node that connects elsewhere is served by
that process's own pulse.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Protocol
from uuid import UUID

import asyncpg
import structlog

from control_plane.core.errors import FleetpostError
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.core.valkey import Ear
from control_plane.ip_pools import service as ip_pools
from control_plane.nodes import channels, service
from control_plane.nodes.link.signing import Signer
from control_plane.nodes.link.together import Together
from control_plane.nodes.service.desired_state import ChangePage, Position
from control_plane.quotas.service import leases
from tenant_agent import wire

_log = structlog.get_logger()

_BEAT_SECONDS = 1.0
_COALESCE_SECONDS = 0.05
_CALLED_AT_ONCE = 4
"""How many nodes of a pool are told that work waits: one that takes as much as it may tells the next."""
_NODES_PER_QUERY = 100
_TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, FleetpostError)


class Member(Protocol):
    """A connection, as the pulse sees it. It returns from each call at once."""

    @property
    def node_id(self) -> NodeId: ...

    @property
    def generation(self) -> int:
        """The last generation that was sent."""
        ...

    @property
    def has_credit(self) -> bool:
        """Whether it takes whatever waits."""
        ...

    @property
    def has_some_credit(self) -> bool:
        """Whether it takes transactional mail at least."""
        ...

    def state_changed(self) -> None: ...

    def work_waits(self) -> None: ...


class Pulse:
    """One per process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._members: dict[NodeId, Member] = {}
        self._by_name: dict[str, Member] = {}
        self._nodes_of: dict[UUID, list[NodeId]] = {}
        self._calling = AsyncExitStack()
        self._turn = 0
        self._beats: dict[NodeId, wire.Heartbeat] = {}
        self._joined = asyncio.Event()
        self.signer = Signer(runtime)
        self.pages: Together[tuple[NodeId, Position], ChangePage] = Together(self._pages, most=_NODES_PER_QUERY)
        self.applied: Together[tuple[NodeId, wire.Applied], None] = Together(self._applied, most=_NODES_PER_QUERY)

    @asynccontextmanager
    async def beating(self) -> AsyncGenerator[None]:
        """Beat as long as the context is open."""
        await self.signer.refresh()
        task = asyncio.create_task(self._run(), name="pulse")
        try:
            async with self._runtime.signals.hear({channels.STATE: self.told_of_state}):
                yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.stop()

    async def stop(self) -> None:
        """Hear nothing any more."""
        await self._calling.aclose()

    @contextmanager
    def serving(self, member: Member) -> Generator[None]:
        """Look after a connection; of two of one node, after the newer."""
        self._members[member.node_id] = self._by_name[str(member.node_id)] = member
        self._joined.set()
        try:
            yield
        finally:
            if self._members.get(member.node_id) is member:
                del self._members[member.node_id], self._by_name[str(member.node_id)]

    def told_of_state(self, body: str) -> None:
        """Tell the nodes that a signal names that their desired state has changed."""
        for name in channels.named(body):
            member = self._by_name.get(name)
            if member is not None:
                member.state_changed()

    def heard(self, node_id: NodeId, heartbeat: wire.Heartbeat) -> None:
        """Have a node's heartbeat written down with the next beat."""
        self._beats[node_id] = heartbeat

    def call(self, pool_id: UUID) -> None:
        """Tell some of a pool's nodes that work waits, each time others."""
        here = [member for member in map(self._members.get, self._nodes_of.get(pool_id, ())) if member is not None]
        ready = [member for member in here if member.has_credit] or [each for each in here if each.has_some_credit]
        self._turn += 1
        for place in range(min(_CALLED_AT_ONCE, len(ready))):
            ready[(self._turn + place) % len(ready)].work_waits()

    def pass_on(self, node_id: NodeId) -> None:
        """Tell others that a node took as much as it may, so that more may wait."""
        for pool_id, nodes in self._nodes_of.items():
            if node_id in nodes:
                self.call(pool_id)

    async def beat(self) -> None:
        """Write down what was heard and look for what no signal said."""
        beats, self._beats = self._beats, {}
        if beats:
            await service.heard(self._runtime.db, beats, self._runtime.clock)
            async with self._runtime.db.fleet_tx() as tx:
                await leases.heard(tx, beats)
        if self._members:
            await self._look()
        await self.signer.refresh()

    async def _look(self) -> None:
        pulse = await service.look(self._runtime.db, list(self._members))
        if pulse.nodes_of.keys() != self._nodes_of.keys():
            await self._listen_to(pulse.nodes_of.keys())
        self._nodes_of = pulse.nodes_of
        for node_id, generation in pulse.generations.items():
            member = self._members.get(node_id)
            if member is not None and generation > member.generation:
                member.state_changed()
        for pool_id in pulse.waiting:
            self.call(pool_id)

    async def _listen_to(self, pool_ids: Iterable[UUID]) -> None:
        before, self._calling = self._calling, AsyncExitStack()
        ears = {ip_pools.channel(pool_id): self._ear(pool_id) for pool_id in pool_ids}
        await self._calling.enter_async_context(self._runtime.signals.hear(ears))
        await before.aclose()

    def _ear(self, pool_id: UUID) -> Ear:
        return lambda _: self.call(pool_id)

    async def _run(self) -> None:
        while True:
            try:
                await self.beat()
            except _TROUBLE as error:
                _log.warning("the fleet could not be looked at", action="pulse.missed", error=str(error))
            await self._rest()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_BEAT_SECONDS):
                await self._joined.wait()
                await asyncio.sleep(_COALESCE_SECONDS)
        self._joined.clear()

    async def _pages(self, asked: Sequence[tuple[NodeId, Position]]) -> list[ChangePage]:
        return await service.next_pages(self._runtime.db, asked)

    async def _applied(self, reports: Sequence[tuple[NodeId, wire.Applied]]) -> list[None]:
        await service.applied_all(self._runtime.db, reports)
        return [None] * len(reports)
