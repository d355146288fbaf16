"""What a node is told: the change that is being rolled out to it, or what is in force."""

import msgspec

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from control_plane.rollouts.queries import nodes as parts
from control_plane.rollouts.queries import rollouts as queries
from control_plane.rollouts.service.changes import PREFIX, InForce, change_of, in_force
from control_plane.shaping import service as shaping
from tenant_agent import wire


async def daemons_item(tx: Transaction, node_id: NodeId) -> wire.DaemonsItem | None:
    """Give how a node's daemons are to be configured; None: as they are without us (fleet role)."""
    standing = await in_force(tx)
    part = await parts.part_of(tx.connection, node_id)
    if part is None:
        return None if standing is None else _item(standing)
    change, standing = change_of(part), standing or InForce()
    assert change is not None
    given = InForce(
        release=encode(PREFIX, part["id"]),
        daemons=standing.daemons if change.daemons is None else change.daemons,
        renderer=standing.renderer if change.renderer is None else change.renderer,
    )
    probe = wire.Probe(number=part["probe_number"], recipient=part["probe_address"]) if part["probe_number"] else None
    return msgspec.structs.replace(_item(given), probe=probe)


async def tell(tx: Transaction, node_id: NodeId) -> None:
    """Publish to a node what it is to have, at once for all daemons (fleet role)."""
    changes = [
        ItemChange(kind="daemons", key="self", item=await daemons_item(tx, node_id)),
        ItemChange(kind="shaping", key="self", item=await shaping.item_for(tx, node_id)),
    ]
    await nodes.publish_own(tx, node_id, changes)


async def tell_all(db: Database) -> None:
    """Bring every node what it is to have; nodes that have it are not woken."""
    async with db.fleet_tx() as tx:
        living = await parts.living(tx.connection)
    for node_id in living:
        async with db.fleet_tx() as tx:
            await queries.keep_still(tx.connection)
            await tell(tx, node_id)


def _item(given: InForce) -> wire.DaemonsItem:
    return wire.DaemonsItem(
        release=given.release,
        renderer=given.renderer,
        postfix=given.daemons.postfix,
        dovecot=given.daemons.dovecot,
        rspamd=given.daemons.rspamd,
    )
