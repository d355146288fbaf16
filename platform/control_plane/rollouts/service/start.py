"""Begin a roll-out: what, to whom, in which stages."""

from datetime import timedelta

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core.actor import current_actor
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode, new_uuid
from control_plane.messages.addresses import BadAddress, normalise
from control_plane.rollouts.errors import NoNodeForCanary, RolloutUnderWay
from control_plane.rollouts.queries import nodes as parts
from control_plane.rollouts.queries import rollouts as queries
from control_plane.rollouts.schemas import NewRollout, Rollout, RolloutChange
from control_plane.rollouts.service.changes import PREFIX, former, read
from control_plane.rollouts.service.read import get
from control_plane.rollouts.stages import Candidate, pick_canary, stages

ADVANCE_JOB = "rollouts.advance"
_NODE = "nod"
_LATELY = timedelta(days=1)


async def start(tx: Transaction, clock: Clock, new: NewRollout, *, probe_address: str = "") -> Rollout:
    """Begin a roll-out; `probe_address` is where mail is sent to unless it says otherwise (fleet role).

    Raises `Invalid`, `NoNodeForCanary`, `RolloutUnderWay`.
    """
    change, recipient = await read(tx, new), _recipient(new.probe_address or probe_address)
    _check_waves(new)
    before = await former(tx, new.kind)
    candidates = await _candidates(tx, clock, change)
    planned = stages(candidates, [each.id for each in _canaries(candidates, new)], new.waves, new.waves_in)
    rollout_id = new_uuid()
    waves = msgspec.json.encode({"waves": new.waves, "waves_in": new.waves_in}).decode()
    row = queries.NewRow(
        id=rollout_id,
        kind=new.kind,
        change=msgspec.json.encode(change).decode(),
        former=msgspec.json.encode(before).decode(),
        waves=waves,
        stages=len(planned),
        soak_seconds=new.soak_seconds,
        probe_address=recipient,
        hold_for_absent=new.hold_for_absent,
        author=current_actor().name,
        started_at=clock.now(),
    )
    try:
        await queries.insert(tx.connection, row)
    except asyncpg.UniqueViolationError as error:
        raise RolloutUnderWay from error
    turns = [(node_id, number) for number, stage in enumerate(planned) for node_id in stage]
    await parts.insert(tx.connection, rollout_id, [turn[0] for turn in turns], [turn[1] for turn in turns])
    told = {"kind": new.kind, "change": msgspec.to_builtins(change), "stages": len(planned)}
    audit.record_for_fleet(tx, "rollouts.start", encode(PREFIX, rollout_id), after=told)
    tx.outbox.trigger(ADVANCE_JOB)
    return await get(tx, rollout_id)


async def _candidates(tx: Transaction, clock: Clock, change: RolloutChange) -> list[Candidate]:
    rows = await parts.candidates(tx.connection, clock.now() - _LATELY)
    return [
        Candidate(
            id=row["id"],
            name=row["name"],
            region=row["region"],
            is_ready=row["status"] == "ready",
            fits=not change.renderer or change.renderer in row["revisions"],
            sends="outbound" in row["roles"],
            load=row["load"],
        )
        for row in rows
    ]


def _canaries(candidates: list[Candidate], new: NewRollout) -> list[Candidate]:
    """Find the nodes that were named, or choose one; raises `Invalid`, `NoNodeForCanary`."""
    if not new.canary:
        picked = pick_canary(candidates)
        if picked is None:
            raise NoNodeForCanary
        return [picked]
    known = {name: each for each in candidates for name in (each.name, encode(_NODE, each.id))}
    faults = [
        FieldError(f"canary[{place}]", why)
        for place, name in enumerate(new.canary)
        if (why := _fault_of(known.get(name))) is not None
    ]
    if faults:
        raise Invalid(errors=tuple(faults))
    return list({known[name].id: known[name] for name in new.canary}.values())


def _fault_of(canary: Candidate | None) -> str | None:
    if canary is None:
        return "There is no node of this name in service."
    if not canary.is_ready:
        return "This node is not ready: name one that is."
    return None if canary.fits else "This node's agent does not know the revision: update it first."


def _check_waves(new: NewRollout) -> None:
    if list(new.waves) != sorted(set(new.waves)):
        raise Invalid(errors=(FieldError("waves", "Give rising numbers: how many nodes have it after each wave."),))
    if new.waves_in == "percent" and any(wave > 100 for wave in new.waves):
        raise Invalid(errors=(FieldError("waves", "Give at most 100 per cent."),))


def _recipient(address: str) -> str | None:
    if not address:
        return None
    try:
        return normalise(address)
    except BadAddress as error:
        raise Invalid(errors=(FieldError("probe_address", str(error)),)) from error
