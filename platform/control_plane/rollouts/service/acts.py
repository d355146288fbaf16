"""What operators do with a roll-out that is under way: let it stand, let it go on, end it."""

from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core.actor import current_actor
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.rollouts.errors import RolloutOver
from control_plane.rollouts.queries import rollouts as queries
from control_plane.rollouts.schemas import Rollout, Status
from control_plane.rollouts.service.advance import CHANNEL, turn_back
from control_plane.rollouts.service.changes import PREFIX
from control_plane.rollouts.service.read import get
from control_plane.rollouts.service.start import ADVANCE_JOB


async def pause(tx: Transaction, rollout_id: UUID) -> Rollout:
    """Give it to nobody else; those that have it are watched on. Raises `NotFound`, `RolloutOver` (fleet role)."""
    return await _set(tx, rollout_id, "paused", "pause")


async def resume(tx: Transaction, rollout_id: UUID) -> Rollout:
    """Let it go on; raises `NotFound`, `RolloutOver` (fleet role)."""
    return await _set(tx, rollout_id, "running", "resume")


async def abort(tx: Transaction, rollout_id: UUID, clock: Clock) -> Rollout:
    """End it, and give nodes back what they had; raises `NotFound`, `RolloutOver` (fleet role)."""
    await _locked(tx, rollout_id)
    name = current_actor().name
    await turn_back(tx, rollout_id, clock, f"Aborted by {name}." if name else "Aborted by an operator.", aborted=True)
    audit.record_for_fleet(tx, "rollouts.abort", encode(PREFIX, rollout_id))
    tx.outbox.trigger(ADVANCE_JOB)
    return await get(tx, rollout_id)


async def _set(tx: Transaction, rollout_id: UUID, status: Status, verb: str) -> Rollout:
    row = await _locked(tx, rollout_id)
    if row["status"] != status:
        await queries.set_status(tx.connection, rollout_id, status)
        told = {"status": row["status"]}, {"status": status}
        audit.record_for_fleet(tx, f"rollouts.{verb}", encode(PREFIX, rollout_id), before=told[0], after=told[1])
        tx.outbox.signal(CHANNEL)
        tx.outbox.trigger(ADVANCE_JOB)
    return await get(tx, rollout_id)


async def _locked(tx: Transaction, rollout_id: UUID) -> asyncpg.Record:
    row = await queries.find(tx.connection, rollout_id, lock=True)
    if row is None:
        raise NotFound
    if row["status"] not in ("running", "paused"):
        raise RolloutOver
    return row
