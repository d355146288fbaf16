"""Bring the rules to the nodes."""

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, decode
from control_plane.core.ttl_cache import TtlCache
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from control_plane.shaping.service.assign import item_for
from control_plane.shaping.service.versions import set_in_force

_PAGE = 200
_NODE = "nod"
_names: TtlCache[None, frozenset[str]] = TtlCache(fresh_seconds=10)


async def publish(db: Database) -> None:
    """Bring each node what it is to have; nodes that have it are not woken."""
    for node_id in await _nodes(db):
        async with db.fleet_tx() as tx:
            change = ItemChange(kind="shaping", key="self", item=await item_for(tx, node_id))
            await nodes.publish_own(tx, node_id, [change])


async def class_names(tx: Transaction) -> frozenset[str]:
    """Name the classes in force; up to 10 s old (fleet role)."""
    found = _names.get(None)
    if found is None:
        found = frozenset(each.name for each in (await set_in_force(tx)).classes)
        _names.put(None, found)
    return found


async def _nodes(db: Database) -> list[NodeId]:
    found: list[NodeId] = []
    last = None
    while True:
        async with db.fleet_tx() as tx:
            page = await nodes.list_nodes(tx, last, _PAGE)
        found += [NodeId(decode(_NODE, node.id)) for node in page.data if node.status != "retired"]
        if page.next is None:
            return found
        last = decode(_NODE, page.next)
