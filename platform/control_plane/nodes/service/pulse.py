"""One look at what many nodes wait for."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.nodes.queries import pulse as queries


class Look(msgspec.Struct, frozen=True):
    """What was seen."""

    generations: dict[NodeId, int]
    """Where each node should be."""
    nodes_of: dict[UUID, list[NodeId]]
    """The nodes that send for each pool."""
    waiting: list[UUID]
    """The pools in which something waits."""


async def look(db: Database, node_ids: Sequence[NodeId]) -> Look:
    """Look for nodes whose desired state has changed, and for work that waits in their pools."""
    async with db.fleet_tx() as tx:
        generations = await queries.generations(tx.connection, node_ids)
        pools = await queries.pools(tx.connection, node_ids)
    return Look(
        generations,
        {pool_id: nodes for pool_id, nodes, _ in pools},
        [pool_id for pool_id, _, waits in pools if waits],
    )
