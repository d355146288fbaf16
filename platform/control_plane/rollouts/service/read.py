"""Roll-outs as operators see them."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.pagination import Page
from control_plane.rollouts.queries import nodes as parts
from control_plane.rollouts.queries import rollouts as queries
from control_plane.rollouts.queries import told
from control_plane.rollouts.schemas import (
    Gate,
    NodeState,
    Rollout,
    RolloutChange,
    RolloutDiff,
    RolloutDiffs,
    RolloutLine,
    RolloutNode,
)
from control_plane.rollouts.service.changes import PREFIX, change_of

_NODE = "nod"
_MOST_DIFFS = 1000


class Waves(msgspec.Struct, frozen=True):
    """Waves as they were asked for."""

    waves: tuple[int, ...]
    waves_in: str


async def get(tx: Transaction, rollout_id: UUID) -> Rollout:
    """Give a roll-out with each node's part in it (fleet role); raises `NotFound`."""
    row = await queries.find(tx.connection, rollout_id)
    if row is None:
        raise NotFound
    nodes = [_node(part) for part in await parts.of_rollout(tx.connection, rollout_id)]
    return _rollout(row, tuple(nodes))


async def listing(tx: Transaction, after: UUID | None, limit: int) -> Page[RolloutLine]:
    """List roll-outs, newest first (fleet role)."""
    rows = await queries.page(tx.connection, after, limit + 1)
    shown = tuple([_line(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def diffs(tx: Transaction, rollout_id: UUID) -> RolloutDiffs:
    """Give what changed in nodes' files (fleet role); raises `NotFound`."""
    if await queries.find(tx.connection, rollout_id) is None:
        raise NotFound
    rows = await told.diffs_of(tx.connection, rollout_id, _MOST_DIFFS)
    return RolloutDiffs(tuple([_diff(row) for row in rows]))


def _diff(row: asyncpg.Record) -> RolloutDiff:
    return RolloutDiff(
        node_id=encode(_NODE, row["node_id"]),
        name=row["name"],
        generation=row["generation"],
        service=row["service"],
        diff=row["diff"],
        problem=row["problem"],
        at=row["at"],
    )


def _node(row: asyncpg.Record) -> RolloutNode:
    return RolloutNode(
        node_id=encode(_NODE, row["node_id"]),
        name=row["name"],
        region=row["region"],
        stage=row["stage"],
        state=row["state"],
        reason=row["reason"],
        generation=row["generation"],
        published_at=row["published_at"],
        gates=msgspec.json.decode(row["gates"], type=tuple[Gate, ...]),
    )


def _rollout(row: asyncpg.Record, nodes: tuple[RolloutNode, ...]) -> Rollout:
    asked = msgspec.json.decode(row["waves"], type=Waves)
    return Rollout(
        id=encode(PREFIX, row["id"]),
        kind=row["kind"],
        change=_change(row, "change"),
        former=_change(row, "former"),
        status=row["status"],
        cause=row["cause"],
        stage=row["stage"],
        stages=row["stages"],
        waves=asked.waves,
        waves_in="nodes" if asked.waves_in == "nodes" else "percent",
        soak_seconds=row["soak_seconds"],
        probe_address=row["probe_address"],
        hold_for_absent=row["hold_for_absent"],
        author=row["author"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        nodes=nodes,
    )


def _line(row: asyncpg.Record) -> RolloutLine:
    return RolloutLine(
        id=encode(PREFIX, row["id"]),
        kind=row["kind"],
        change=_change(row, "change"),
        status=row["status"],
        cause=row["cause"],
        stage=row["stage"],
        stages=row["stages"],
        nodes_by_state=msgspec.json.decode(row["states"], type=dict[NodeState, int]),
        author=row["author"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def _change(row: asyncpg.Record, column: str) -> RolloutChange:
    return change_of(row, column) or RolloutChange()
