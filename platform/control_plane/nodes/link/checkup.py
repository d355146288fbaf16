"""Asks a node now and then what it has, and has it sent anew what is another than it should be.

A connection's heartbeats are its clock. The first question comes some time after the greeting, each node's at another
moment, so that a fleet that comes back all at once does not ask the database all at once.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.nodes.link.frames import Frames
from control_plane.nodes.service import digests, drift
from tenant_agent import wire

_log = structlog.get_logger()

FIRST = timedelta(minutes=15)
EVERY = timedelta(hours=1)
AGAIN = timedelta(seconds=10)
"""When nothing could be said, since something changed meanwhile, and after a repair."""
_MOST_TENANTS = 100
"""That are sent anew at a time; the next question finds the others."""
_COMPARED_AT_ONCE = 2

_comparing = asyncio.Semaphore(_COMPARED_AT_ONCE)
"""Of one process: a digest reads everything that a node has."""


class Checkup:
    """The questions of one connection."""

    def __init__(
        self,
        runtime: Runtime,
        node_id: NodeId,
        frames: Frames,
        send_anew: Callable[[Sequence[str]], None],
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._runtime = runtime
        self._node_id = node_id
        self._frames = frames
        self._send_anew = send_anew
        self._jitter = jitter
        self._due_at = self._now() + FIRST * jitter()
        self._asked = False
        self._said: wire.Digests | None = None

    @property
    def is_due(self) -> bool:
        """Whether there is something to ask or to compare."""
        return self._said is not None or self._now() >= self._due_at

    def said(self, answer: wire.Digests) -> None:
        """Take the answer, if there was a question."""
        if self._asked:
            self._asked, self._said = False, answer

    async def go_on(self) -> None:
        """Compare what was answered, else ask."""
        answer, self._said = self._said, None
        if answer is not None:
            self._due_at = self._now() + await self._compare(answer)
        elif self._now() >= self._due_at:
            self._asked, self._due_at = True, self._now() + EVERY
            await self._frames.send(wire.AskDigests())

    async def _compare(self, answer: wire.Digests) -> timedelta:
        """Have repaired what differs; gives how long it is until the next question."""
        async with _comparing:
            differing = await digests.differing(self._runtime.db, self._node_id, answer)
        if differing == ():
            return EVERY * (0.9 + self._jitter() / 5)
        if differing:
            _log.warning(
                "a node had drifted", action="node.drifted", node_id=str(self._node_id), tenants=len(differing)
            )
            self._send_anew(differing[:_MOST_TENANTS])
            await drift.note_tenants(self._runtime.db, self._node_id, differing, self._runtime.clock)
        return AGAIN

    def _now(self) -> datetime:
        return self._runtime.clock.now()
