"""What is in a node's queue and what would be lost with it, as the node said last (fleet role)."""

from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.nodes.queries import registry as queries
from control_plane.nodes.schemas import NodeQueue, QueuedGroup
from control_plane.nodes.service import life
from tenant_agent import wire

_MOST_GROUPS = 50


class _Said(msgspec.Struct, frozen=True):
    """The parts of a heartbeat about the queue."""

    queue: dict[str, int] = {}
    destinations: tuple[wire.QueueGroup, ...] = ()


async def queue_of(tx: Transaction, node_id: UUID) -> NodeQueue:
    """Give a node's queue; raises `NotFound`."""
    row = await queries.find(tx.connection, node_id)
    if row is None:
        raise NotFound
    said = msgspec.json.decode(row.heartbeat, type=_Said)
    return NodeQueue(
        counts=said.queue,
        destinations=[_group(group) for group in said.destinations[:_MOST_GROUPS]],
        holdings=await life.holdings(tx, node_id),
        said_at=row.last_seen_at,
    )


def _group(group: wire.QueueGroup) -> QueuedGroup:
    return QueuedGroup(domain=group.domain, provider=group.provider, by_age=group.by_age, total=sum(group.by_age))
