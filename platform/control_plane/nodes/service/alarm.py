"""Who is silent, who must know: nodes that are lost, events of what becomes of nodes, letters to operators.

Not among what `nodes.service` exports, since letters need features that need nodes.
"""

from datetime import timedelta

import asyncpg

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.core.tenancy import acting_for
from control_plane.nodes.queries import events
from control_plane.nodes.queries import life as queries
from control_plane.nodes.service.tell import tell_operator
from control_plane.notices import service as notices
from control_plane.notices.schemas import NodeSilent

_PREFIX = "nod"
_LOST_AFTER = timedelta(seconds=60)
_ALARMED_AFTER = timedelta(minutes=5)
_AT_ONCE = 500
_SERVES = ("ready", "draining")


async def lose_silent(db: Database, clock: Clock) -> list[NodeId]:
    """Mark nodes as lost that were not heard of for a minute; they serve again with their next word."""
    async with db.fleet_tx() as tx:
        return await queries.lose_silent(tx.connection, clock.now() - _LOST_AFTER)


async def tell_changes(db: Database, clock: Clock) -> int:
    """Make events of what became of nodes; gives how many changes were looked at."""
    async with db.fleet_tx() as tx:
        changes = await queries.take_untold(tx.connection, clock.now(), _AT_ONCE)
        for change in changes:
            await _tell(tx, change)
    return len(changes)


async def write_letters(db: Database, clock: Clock) -> int:
    """Write to the operators of nodes that have been lost for five minutes, once each time; gives of how many.

    The letters are committed first: a crash in between writes twice, never not at all.
    """
    now = clock.now()
    async with db.fleet_tx() as tx:
        lost = await queries.take_alarming(tx.connection, now - _ALARMED_AFTER, now)
        operator = await events.operator(tx.connection) if lost else None
        if operator is not None:
            with acting_for(operator):
                async with db.tenant_tx() as letters:
                    for row in lost:
                        await notices.tell_tenant(letters, _letter(row))
    return len(lost)


async def _tell(tx: Transaction, change: asyncpg.Record) -> None:
    data = {"node_id": encode(_PREFIX, change["node_id"]), "name": change["name"], "region": change["region"]}
    if change["after"] == "lost":
        await tell_operator(tx, "node.lost", data | {"last_seen_at": change["last_seen_at"]}, at=change["at"])
    elif change["after"] in _SERVES and change["before"] not in _SERVES:
        await tell_operator(tx, "node.joined", data | {"was": change["before"]}, at=change["at"])


def _letter(row: asyncpg.Record) -> NodeSilent:
    return NodeSilent(
        path=f"/operator/nodes/{encode(_PREFIX, row['id'])}", node=row["name"], last_seen_at=row["last_seen_at"]
    )
