"""Hands waiting deliveries to a node as long as it has credit: at once when signalled, else every two seconds."""

import asyncio

from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.core.valkey import Listener
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools import service as ip_pools
from control_plane.nodes import channels
from control_plane.nodes.link.frames import Frames

_LOOK_EVERY_SECONDS = 2.0
_LOOK_UP_POOLS_EVERY = 30
_MOST_OFFERED = 200
_MOST_CREDIT = 10_000


class WorkFeed:
    """Offers to one node."""

    def __init__(self, runtime: Runtime, node_id: NodeId, frames: Frames) -> None:
        self._runtime = runtime
        self._node_id = node_id
        self._frames = frames
        self._credit = 0
        self._credited = asyncio.Event()

    def add_credit(self, deliveries_more: int) -> None:
        """Note how many more the agent can hold."""
        self._credit = min(self._credit + max(deliveries_more, 0), _MOST_CREDIT)
        if self._credit:
            self._credited.set()

    async def run(self) -> None:
        """Offer work for ever; the node's pools are looked up again when its state changes, and now and then."""
        while True:
            async with self._runtime.db.fleet_tx() as tx:
                pools = await ip_pools.pools_of(tx, self._node_id)
            waiting_for = [ip_pools.channel(pool_id) for pool_id in pools]
            async with self._runtime.signals.listen(channels.state(self._node_id), *waiting_for) as signalled:
                await self._serve(signalled)

    async def _serve(self, signalled: Listener) -> None:
        for _ in range(_LOOK_UP_POOLS_EVERY):
            await self._offer_all()
            await signalled.next(_LOOK_EVERY_SECONDS)
            signalled.drain()

    async def _offer_all(self) -> None:
        """Offer until nothing waits; without credit, wait for it."""
        while True:
            await self._credited.wait()
            offer = await deliveries.claim(self._runtime.db, self._node_id, min(self._credit, _MOST_OFFERED))
            if offer is None:
                return
            self._credit -= len(offer.deliveries)
            if not self._credit:
                self._credited.clear()
            await self._frames.send(offer)
