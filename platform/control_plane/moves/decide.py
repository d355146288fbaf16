"""What is to be done next about a move, by its progress and the nodes: pure. A node that is away is waited for."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.moves import fleet as nodes
from control_plane.moves import life
from control_plane.moves.fleet import Fleet, MoveNode
from control_plane.moves.life import Progress
from control_plane.moves.schemas import MoveStatus

_GONE = "The mailbox was deleted."
_ELSEWHERE = "The mailbox is at another node by now."
_NO_TARGET = "No node can take it now: one must be ready, not drained, and have room."
_NOT_IN_FORCE = "The mailbox is not in force: its domain must be proven to be its owner's."
_TURN = ""


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    """A move with all that decides on it."""

    progress: Progress
    source_id: UUID
    target_id: UUID | None
    target_given: bool
    is_paused: bool
    """Its batch is: what is under way comes to its end, and nothing more is asked for."""
    mailbox_at: UUID | None
    """The node that keeps the mailbox; None: there is no such mailbox any more."""
    in_force: bool
    """Whether its node serves it; not if its address is another tenant's by now."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a move is to be from now on."""

    progress: Progress
    target_id: UUID | None
    waits_for: str = ""


def decide(move: Moving, fleet: Fleet, now: datetime) -> Decision | None:
    """Say what a move is from now on; None: as it is, until something happens."""
    if move.progress.status not in life.OPEN:
        return None
    if move.mailbox_at is None:
        return _end(move, "aborted", _GONE)
    if move.mailbox_at != move.source_id:
        return _end(move, "aborted", _ELSEWHERE)
    source = fleet.nodes[move.source_id]
    if source.status == "retired":
        return _end(move, "failed", f"{source.name} is out of service, and the mailbox's mail with it.")
    if not move.in_force:
        return _begin_anew(move, _NOT_IN_FORCE)
    if move.progress.status == "waiting":
        return _wait(move) if move.is_paused else _begin(move, source, fleet, now)
    return _go_on(move, source, fleet, now)


def _begin(move: Moving, source: MoveNode, fleet: Fleet, now: datetime) -> Decision | None:
    if (reason := _source_waits(source)) or not fleet.has_slot(source.id):
        return _wait(move, reason)
    if not move.target_given:
        chosen = nodes.best(fleet, move.source_id, move.progress.size_bytes)
        return _wait(move, _NO_TARGET) if chosen is None else _ask(move, chosen.id, now)
    assert move.target_id is not None
    target = fleet.nodes[move.target_id]
    if never := nodes.never_fits(target):
        return _end(move, "failed", never)
    if (reason := nodes.waits_for(target, move.progress.size_bytes)) or not fleet.has_slot(target.id):
        return _wait(move, reason)
    return _ask(move, target.id, now)


def _go_on(move: Moving, source: MoveNode, fleet: Fleet, now: datetime) -> Decision | None:
    assert move.target_id is not None
    target = fleet.nodes[move.target_id]
    if never := nodes.never_fits(target):
        return _end(move, "failed", never) if move.target_given else _begin_anew(move)
    is_silent_copy = source.status == "lost" and move.progress.status == "copying"
    if not is_silent_copy and (late := life.overdue(move.progress, now)) is not None:
        return Decision(progress=late, target_id=move.target_id)
    if not life.is_due(move.progress, now) or move.is_paused:
        return None
    reason = _source_waits(source) or nodes.waits_for(target, 0)
    if reason or (move.progress.is_ready and not fleet.may_close(source.id)):
        return _wait(move, reason)
    return _ask(move, target.id, now)


def _source_waits(source: MoveNode) -> str:
    if source.status not in ("ready", "draining"):
        return f"{source.name} must be back."
    if not source.is_known:
        return f"{source.name} must tell its certificate to the others: bring its agent up to date."
    return _TURN


def _ask(move: Moving, target_id: UUID, now: datetime) -> Decision:
    return Decision(progress=life.ask(move.progress, now), target_id=target_id)


def _wait(move: Moving, reason: str = _TURN) -> Decision:
    return Decision(progress=move.progress, target_id=move.target_id, waits_for=reason)


def _begin_anew(move: Moving, reason: str = _TURN) -> Decision:
    """Wait as at the beginning, for another target unless one was given."""
    target_id = move.target_id if move.target_given else None
    return Decision(progress=life.begin_anew(move.progress), target_id=target_id, waits_for=reason)


def _end(move: Moving, status: MoveStatus, problem: str) -> Decision:
    return Decision(progress=life.end(move.progress, status, problem), target_id=move.target_id)
