"""Tell an address's node what the address may send."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from control_plane.warmup.decide import cap_of
from control_plane.warmup.schemas import Schedule, Track
from tenant_agent import wire

KIND = "warmup"
_PREFIX = "ip"


def item_of(ip_id: UUID, address: str, schedule: Schedule, tracks: Sequence[Track]) -> wire.WarmupItem:
    """Describe a day to a node. A class that is done may send what the last step allows, until all are."""
    generic = next((each.step for each in tracks if each.provider == wire.GENERIC), 1)
    return wire.WarmupItem(
        ip_id=encode(_PREFIX, ip_id),
        address=address,
        step=generic,
        caps={each.provider: cap_of(schedule, each.provider, each.step) for each in tracks},
        steps={each.provider: each.step for each in tracks if each.step != generic},
    )


async def publish(tx: Transaction, node_id: NodeId, ip_id: UUID, item: wire.WarmupItem | None) -> None:
    """Bring it to the node, or take it away; what is there already is not published again (fleet role)."""
    await nodes.publish_own(tx, node_id, [ItemChange(kind=KIND, key=encode(_PREFIX, ip_id), item=item)])
