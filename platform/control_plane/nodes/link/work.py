"""Hands waiting deliveries to a node as long as it has credit, whenever it is told that some may wait."""

from collections.abc import Callable

from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.deliveries import service as deliveries
from control_plane.nodes.link.frames import Frames

_MOST_OFFERED = 200
_MOST_CREDIT = 10_000


class WorkFeed:
    """Offers to one node."""

    def __init__(self, db: Database, node_id: NodeId, frames: Frames, pass_on: Callable[[], None]) -> None:
        self._db = db
        self._node_id = node_id
        self._frames = frames
        self._pass_on = pass_on
        self._credit = 0

    @property
    def has_credit(self) -> bool:
        return self._credit > 0

    def add_credit(self, deliveries_more: int) -> None:
        """Note how many more the agent can hold."""
        self._credit = min(self._credit + max(deliveries_more, 0), _MOST_CREDIT)

    async def offer_all(self) -> None:
        """Offer until nothing waits or there is no credit; call others when the node takes as much as it may."""
        while self._credit:
            most = min(self._credit, _MOST_OFFERED)
            offer = await deliveries.claim(self._db, self._node_id, most)
            if offer is None:
                return
            self._credit -= len(offer.deliveries)
            if len(offer.deliveries) >= most:
                self._pass_on()
            await self._frames.send(offer)
