"""Hands waiting deliveries to a node as long as it has credit, whenever it is told that some may wait."""

from collections.abc import Callable

import msgspec

from control_plane.bounces.return_path import ReturnPaths
from control_plane.core.blobs import Blobs
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.deliveries import service as deliveries
from control_plane.nodes.link.frames import Frames
from control_plane.nodes.link.inline import inlined
from tenant_agent import wire

_MOST_OFFERED = 200
_MOST_CREDIT = 10_000


class _Line(msgspec.Struct):
    """Credit, and what it is for."""

    only_transactional: bool = False
    credit: int = 0

    def add(self, more: int) -> None:
        self.credit = min(self.credit + max(more, 0), _MOST_CREDIT)


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
        self._any = _Line()
        self._transactional = _Line(only_transactional=True)
        self.fetches_files = False
        """Whether messages may refer to files."""

    @property
    def has_credit(self) -> bool:
        """Whether the node takes whatever waits."""
        return self._any.credit > 0

    @property
    def has_some_credit(self) -> bool:
        """Whether it takes transactional mail at least."""
        return self.has_credit or self._transactional.credit > 0

    def add_credit(self, more: wire.Credit) -> None:
        """Note how many more the agent can hold."""
        self._any.add(more.deliveries)
        self._transactional.add(more.transactional)

    async def offer_all(self) -> None:
        """Offer until nothing waits or there is no credit; call others when the node takes as much as it may.

        What there is of credit for transactional mail alone is for when the other is used up.
        """
        while await self._offer(self._any if self._any.credit else self._transactional):
            pass

    async def _offer(self, line: _Line) -> bool:
        """Tells whether there may be more."""
        most = min(line.credit, _MOST_OFFERED)
        if not most:
            return False
        offer = await deliveries.claim(
            self._db, self._node_id, most, self._return_paths.sign, only_transactional=line.only_transactional
        )
        if offer is None:
            return False
        if len(offer.deliveries) >= most:
            self._pass_on()
        if not self.fetches_files:
            offer = await inlined(self._db, self._blobs, offer)
            if offer is None:
                return False
        line.credit -= len(offer.deliveries)
        await self._frames.send(msgspec.structs.replace(offer, transactional=line.only_transactional))
        return True
