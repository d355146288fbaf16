"""How a roll-out stands: what is known of each of its nodes, as the pure rules want to see it."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from control_plane.rollouts.decide import NodeView, View
from control_plane.rollouts.gates import Before, Evidence, Tally, judge
from control_plane.rollouts.schemas import TOUCHED, Gate, RolloutChange

_PRESENT = ("ready", "draining")


def view_of(row: asyncpg.Record, change: RolloutChange, parts: Sequence[asyncpg.Record], now: datetime) -> View:
    """Put together how it stands."""
    turned_at: datetime | None = row["turned_at"]
    judged = turned_at is None  # on the way back, what was found stays as the reason
    return View(
        status=row["status"],
        stage=row["stage"],
        stages=row["stages"],
        soak_seconds=row["soak_seconds"],
        holds=row["hold_for_absent"],
        back_seconds=0.0 if turned_at is None else (now - turned_at).total_seconds(),
        nodes=[_node(part, change, now, judged=judged) for part in parts if part["status"] != "retired"],
    )


def _node(part: asyncpg.Record, change: RolloutChange, now: datetime, *, judged: bool) -> NodeView:
    since: datetime | None = part["soaking_since"]
    back: int | None = part["former_generation"]
    return NodeView(
        id=part["node_id"],
        name=part["name"],
        stage=part["stage"],
        state=part["state"],
        is_present=part["status"] in _PRESENT,
        fits=not change.renderer or change.renderer in part["revisions"],
        gates=_gates(part, now) if judged else (),
        soaked_seconds=0.0 if since is None else (now - since).total_seconds(),
        is_back=back is not None and part["generation_applied"] >= back,
    )


def _gates(part: asyncpg.Record, now: datetime) -> tuple[Gate, ...]:
    if part["state"] not in TOUCHED or part["generation"] is None:
        return ()
    published_at: datetime = part["published_at"]
    delivered, deferred, bounced = part["since"]
    before = msgspec.json.decode(part["before"], type=Before)
    return judge(
        Evidence(
            is_present=part["status"] in _PRESENT,
            is_applied=part["generation_applied"] >= part["generation"],
            seconds=(now - published_at).total_seconds(),
            refused=next((said for said in part["refused"] if said not in before.refused), None),
            problem=part["problem"],
            probe_asked=part["probe_number"] is not None,
            probe_delivered=part["probe_delivered"],
            probe_reply=part["probe_reply"] or "",
            waiting=part["waiting"],
            since=Tally(delivered, deferred, bounced),
            before=before,
        )
    )
