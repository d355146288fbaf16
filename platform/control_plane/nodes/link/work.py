"""Hands waiting deliveries to a node as long as it has credit, whenever it is told that some may wait."""

from collections.abc import Callable

from control_plane.bounces.return_path import ReturnPaths
from control_plane.core.blobs import Blobs
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.deliveries import service as deliveries
from control_plane.nodes.link.frames import Frames
from control_plane.nodes.link.inline import inlined

_MOST_OFFERED = 200
_MOST_CREDIT = 10_000


class WorkFeed:
    """Offers to one node."""

    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        node_id: NodeId,
        frames: Frames,
        pass_on: Callable[[], None],
        return_paths: ReturnPaths,
    ) -> None:
        self._db = db
        self._blobs = blobs
        self._node_id = node_id
        self._frames = frames
        self._pass_on = pass_on
        self._return_paths = return_paths
        self._credit = 0
        self.fetches_files = False
        """Whether messages may refer to files."""

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
            offer = await deliveries.claim(self._db, self._node_id, most, self._return_paths.sign)
            if offer is None:
                return
            if len(offer.deliveries) >= most:
                self._pass_on()
            if not self.fetches_files:
                offer = await inlined(self._db, self._blobs, offer)
                if offer is None:
                    return
            self._credit -= len(offer.deliveries)
            await self._frames.send(offer)
