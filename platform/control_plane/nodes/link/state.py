"""Keeps a node's desired state coming: all of it or what it missed at first, then every change as it is made."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.nodes import service
from control_plane.nodes.link.frames import Frames
from control_plane.nodes.link.together import Together
from control_plane.nodes.service import digests
from control_plane.nodes.service.desired_state import ChangePage, Position
from tenant_agent import wire

_MOST_BYTES = 2 * 1024 * 1024
_LONG_READS_AT_ONCE = 4

_long_reads = asyncio.Semaphore(_LONG_READS_AT_ONCE)
"""Of one process: a fleet that comes back all at once must not be read into memory all at once."""


class StateFeed:
    """The node's log of items, read from where the node is."""

    def __init__(
        self,
        db: Database,
        node_id: NodeId,
        frames: Frames,
        generation: int,
        pages: Together[tuple[NodeId, Position], ChangePage],
    ) -> None:
        self._db = db
        self._node_id = node_id
        self._frames = frames
        self._pages = pages
        self._position: Position = (generation + 1, "", "")
        self._begun = False
        self._anew: list[str] = []
        self.generation = generation
        """The last one that was sent."""

    async def advance(self) -> None:
        """Send what is new; the first time what is missing, or all. Then all of those tenants that it was asked for."""
        if not self._begun:
            await self._catch_up()
            self._begun = True
        else:
            await self._send_news()
        while self._anew:
            await self._send_all_of(self._anew.pop())

    def send_anew(self, tenants: Iterable[str]) -> None:
        """Send all that the node should have of these tenants with the next advance; the empty name is its own."""
        self._anew += tenants

    async def _send_all_of(self, tenant: str) -> None:
        async with _long_reads:
            changes = await digests.items_of(self._db, self._node_id, tenant)
        for frame in in_frames(changes, self.generation, snapshot=False, more=False):
            await self._frames.send(msgspec.structs.replace(frame, of_tenants=(tenant,)))

    async def _send_news(self) -> None:
        page = await self._pages.ask((self._node_id, self._position))
        await self._send(page, snapshot=False)
        if page.more:
            await self._read_on(snapshot=False)

    async def _catch_up(self) -> None:
        """Send deltas, or a snapshot to a node that has nothing or knows a generation that never was."""
        desired = await service.desired_generation(self._db, self._node_id)
        if 0 < self.generation <= desired:
            await self._read_on(snapshot=False)
        else:
            self.generation, self._position = 0, (0, "", "")
            await self._read_on(snapshot=True, skip_deleted_until=desired)

    async def _read_on(self, *, snapshot: bool, skip_deleted_until: int = 0) -> None:
        more = True
        while more:
            async with _long_reads:
                page = await service.next_changes(
                    self._db, self._node_id, self._position, skip_deleted_until=skip_deleted_until
                )
            await self._send(page, snapshot=snapshot)
            more = page.more

    async def _send(self, page: ChangePage, *, snapshot: bool) -> None:
        if snapshot or page.changes or page.generation > self.generation:
            for frame in in_frames(page.changes, page.generation, snapshot=snapshot, more=page.more):
                await self._frames.send(frame)
        self.generation, self._position = page.generation, page.position


def in_frames(
    changes: Sequence[wire.Change], generation: int, *, snapshot: bool, more: bool, most_bytes: int = _MOST_BYTES
) -> Iterator[wire.Changes]:
    """Cut changes into frames of bearable size; at least one, and all but the last say that there is more."""
    chunks = list(_chunks(changes, most_bytes)) or [()]
    for number, chunk in enumerate(chunks, start=1):
        last = number == len(chunks)
        yield wire.Changes(generation=generation, changes=chunk, snapshot=snapshot, more=more or not last)


def _chunks(changes: Iterable[wire.Change], most_bytes: int) -> Iterator[tuple[wire.Change, ...]]:
    chunk: list[wire.Change] = []
    size = 0
    for change in changes:
        length = len(change.key) + len(change.payload or b"")
        if chunk and size + length > most_bytes:
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(change)
        size += length
    if chunk:
        yield tuple(chunk)
