"""What nodes tell of changes: their files' diffs, how probes fared, what their agents know, what became of mail."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import MalformedId, NodeId, decode
from control_plane.rollouts.queries import nodes as parts
from control_plane.rollouts.queries import told as queries
from control_plane.rollouts.service.changes import PREFIX
from control_plane.rollouts.service.start import ADVANCE_JOB
from tenant_agent import wire

_SERVICE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LONGEST_WORDS = 2000
_MOST_REVISIONS = 200
_MOST_OF_NODE = 300
"""Diffs that are kept of a node at most, the newest: it is a machine that may be in foreign hands."""
_DIFFS_KEPT, _RESULTS_KEPT = timedelta(days=90), timedelta(days=2)


async def configured(db: Database, node_id: NodeId, frame: wire.Configured, clock: Clock) -> None:
    """Keep what changed in a node's files, once however often it tells, and look at once whether it did harm."""
    if not _SERVICE.fullmatch(frame.service):
        return
    problem = None if frame.problem is None else frame.problem[:_LONGEST_WORDS]
    async with db.fleet_tx() as tx:
        rollout_id = await _rollout_of(tx, node_id, frame.release)
        known = await queries.note_diff(
            tx.connection, node_id, frame.generation, frame.service, rollout_id, frame.diff, problem, clock.now()
        )
        if known:
            await queries.cut(tx.connection, node_id, _MOST_OF_NODE)
            tx.outbox.trigger(ADVANCE_JOB)


async def probed(db: Database, node_id: NodeId, frame: wire.Probed) -> None:
    """Note how the mail fared that a node was to send."""
    async with db.fleet_tx() as tx:
        reply = frame.reply[:_LONGEST_WORDS]
        if await parts.note_probe(tx.connection, node_id, frame.number, reply, delivered=frame.delivered):
            tx.outbox.trigger(ADVANCE_JOB)


async def knows(db: Database, node_id: NodeId, revisions: Sequence[int]) -> None:
    """Keep which revisions of the renderer a node's agent knows."""
    async with db.fleet_tx() as tx:
        await parts.learn(tx.connection, node_id, sorted(set(revisions[:_MOST_REVISIONS])))


async def count(tx: Transaction, node_id: NodeId, types: Sequence[str], ats: Sequence[datetime]) -> None:
    """Count a node's newly stored events (fleet role)."""
    await queries.count(tx.connection, node_id, types, ats)


async def forget(db: Database, clock: Clock) -> None:
    """Delete what is old."""
    async with db.fleet_tx() as tx:
        await queries.forget(tx.connection, clock.now() - _DIFFS_KEPT, clock.now() - _RESULTS_KEPT)


async def _rollout_of(tx: Transaction, node_id: NodeId, release: str) -> UUID | None:
    """Find what a configuration came by: what the node names, else what it has just been given."""
    try:
        return decode(PREFIX, release)
    except MalformedId:
        part = await parts.part_of(tx.connection, node_id)
    return None if part is None else part["id"]
