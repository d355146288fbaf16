"""Keeps a node's desired state coming: all of it or what it missed at first, then every change as it is made."""

from collections.abc import Iterable, Iterator, Sequence

from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.core.valkey import Listener
from control_plane.nodes import channels, service
from control_plane.nodes.link.frames import Frames
from control_plane.nodes.service.desired_state import Position
from tenant_agent import wire

_LOOK_EVERY_SECONDS = 5.0
_MOST_BYTES = 2 * 1024 * 1024


class StateFeed:
    """The node's log of items, read from where the node is."""

    def __init__(self, runtime: Runtime, node_id: NodeId, frames: Frames, generation: int) -> None:
        self._runtime = runtime
        self._node_id = node_id
        self._frames = frames
        self._generation = generation
        self._position: Position = (generation + 1, "", "")

    async def run(self) -> None:
        """Send what is missing, then changes as they are signalled; looks by itself now and then."""
        async with self._runtime.signals.listen(channels.state(self._node_id)) as changed:
            await self._catch_up()
            while True:
                await _wait(changed)
                await self._send(snapshot=False)

    async def _catch_up(self) -> None:
        """Send deltas, or a snapshot to a node that has nothing or knows a generation that never was."""
        desired = await service.desired_generation(self._runtime.db, self._node_id)
        if 0 < self._generation <= desired:
            await self._send(snapshot=False)
        else:
            self._generation, self._position = 0, (0, "", "")
            await self._send(snapshot=True, skip_deleted_until=desired)

    async def _send(self, *, snapshot: bool, skip_deleted_until: int = 0) -> None:
        more = True
        while more:
            page = await service.next_changes(
                self._runtime.db, self._node_id, self._position, skip_deleted_until=skip_deleted_until
            )
            if snapshot or page.changes or page.generation > self._generation:
                for frame in in_frames(page.changes, page.generation, snapshot=snapshot, more=page.more):
                    await self._frames.send(frame)
            self._generation, self._position, more = page.generation, page.position, page.more


async def _wait(changed: Listener) -> None:
    await changed.next(_LOOK_EVERY_SECONDS)
    changed.drain()


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
