"""What nodes say about themselves: that they are there, how they are, how far they have come."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId
from control_plane.nodes import channels
from control_plane.nodes.queries import presence as queries
from tenant_agent import wire

_LONGEST_REASON = 2000


async def seen(db: Database, node_id: NodeId, clock: Clock, heartbeat: wire.Heartbeat | None = None) -> bool:
    """Note that the node is there, and how it is; says whether it became ready by that."""
    now = clock.now()
    said = None if heartbeat is None else _written(heartbeat, now)
    async with db.fleet_tx() as tx:
        return await queries.mark_seen(tx.connection, node_id, now, said)


async def heard(db: Database, heartbeats: Mapping[NodeId, wire.Heartbeat], clock: Clock) -> list[NodeId]:
    """Note how many nodes are, all at once; gives those that became ready by that."""
    now = clock.now()
    said = [_written(heartbeat, now) for heartbeat in heartbeats.values()]
    async with db.fleet_tx() as tx:
        return await queries.mark_heard(tx.connection, list(heartbeats), now, said)


async def applied(db: Database, node_id: NodeId, generation: int, quarantined: Sequence[wire.Quarantined]) -> None:
    """Note that everything up to this generation is in force on the node, save what it refused."""
    await applied_all(db, [(node_id, wire.Applied(generation=generation, quarantined=tuple(quarantined)))])


async def applied_all(db: Database, reports: Sequence[tuple[NodeId, wire.Applied]]) -> None:
    """Note the same of many nodes; of two reports of one node, the later one counts."""
    reached = {node_id: report.generation for node_id, report in reports}
    async with db.fleet_tx() as tx:
        await queries.mark_applied(tx.connection, reached)
        await queries.clear_shortcomings(tx.connection, _sound(reports))
        for node_id, report in reports:
            if report.quarantined:
                await _quarantine(tx, node_id, report)
            tx.outbox.signal(channels.applied(node_id))


def _sound(reports: Sequence[tuple[NodeId, wire.Applied]]) -> list[NodeId]:
    """Give the nodes that lack nothing themselves: they say so in each report while they do."""
    newest = dict(reports)
    return [node_id for node_id, said in newest.items() if not any(item.kind == "node" for item in said.quarantined)]


async def _quarantine(tx: Transaction, node_id: NodeId, report: wire.Applied) -> None:
    kinds, keys, why = zip(*((item.kind, item.key, _storable(item.reason)) for item in report.quarantined), strict=True)
    await queries.mark_quarantined(tx.connection, node_id, report.generation, kinds, keys, why)


def _written(heartbeat: wire.Heartbeat, now: datetime) -> str:
    """Write a heartbeat down, with how far the node's clock was ahead of ours."""
    said: dict[str, object] = msgspec.to_builtins(heartbeat)
    said["clock_off_ms"] = heartbeat.at_ms - int(now.timestamp() * 1000)
    return msgspec.json.encode(said).decode()


def _storable(reason: str) -> str:
    return reason[:_LONGEST_REASON].replace("\0", "\N{REPLACEMENT CHARACTER}")
