"""Take a roll-out on by what the rules say: one look and all it leads to is one transaction.

Killed in between, nothing of it has happened; who comes second finds it in hand, or done.
"""

from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.nodes.service.tell import tell_operator
from control_plane.rollouts import decide
from control_plane.rollouts.gates import Before, Tally
from control_plane.rollouts.queries import nodes as parts
from control_plane.rollouts.queries import rollouts as queries
from control_plane.rollouts.schemas import TOUCHED, RolloutChange
from control_plane.rollouts.service.changes import PREFIX, change_of
from control_plane.rollouts.service.items import tell
from control_plane.rollouts.service.view import view_of
from control_plane.shaping import service as shaping

TELL_JOB = "rollouts.tell_all"
CHANNEL = "rollouts"
"""Signalled with each step."""

_MOST_STEPS = 100
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


async def advance(db: Database, clock: Clock) -> None:
    """Take the roll-out that is under way as far as it goes for now."""
    for _ in range(_MOST_STEPS):
        if not await _step(db, clock):
            return


async def turn_back(tx: Transaction, rollout_id: UUID, clock: Clock, cause: str, *, aborted: bool) -> None:
    """Give every node that has the change what is in force for the others; its row is locked (fleet role)."""
    touched = [part for part in await parts.of_rollout(tx.connection, rollout_id) if part["state"] in TOUCHED]
    await queries.turn_back(tx.connection, rollout_id, cause, clock.now(), aborted=aborted)
    await shaping.unassign(tx, [part["node_id"] for part in touched])
    for part in touched:
        await tell(tx, part["node_id"])
        await parts.give_back(tx.connection, rollout_id, part["node_id"])
    tx.outbox.signal(CHANNEL)


async def _step(db: Database, clock: Clock) -> bool:
    """Look once, and do what is due; says whether anything was."""
    async with db.fleet_tx() as tx:
        row = await queries.take_under_way(tx.connection)
        if row is None:
            return False
        course = _Course(tx, clock, row)
        acts = await course.look()
        for act in acts:
            await course.do(act)
        return bool(acts)


class _Course:
    """A roll-out in hand."""

    def __init__(self, tx: Transaction, clock: Clock, row: asyncpg.Record) -> None:
        self._tx = tx
        self._clock = clock
        self._row = row
        self._id: UUID = row["id"]
        self._change = change_of(row) or RolloutChange()
        self._fleet: Tally | None = None

    async def look(self) -> list[decide.Act]:
        """Find out how it stands, and what is to be done."""
        found = await parts.of_rollout(self._tx.connection, self._id)
        view = view_of(self._row, self._change, found, self._clock.now())
        judged = [node for node in view.nodes if node.gates]
        gates = [msgspec.json.encode(node.gates).decode() for node in judged]
        await parts.keep_gates(self._tx.connection, self._id, [node.id for node in judged], gates)
        return decide.next_acts(view)

    async def do(self, act: decide.Act) -> None:
        """Do one thing."""
        self._tx.outbox.signal(CHANNEL)
        match act:
            case decide.Give():
                await self._give(NodeId(act.node))
            case decide.Skip():
                await parts.set_state(self._tx.connection, self._id, act.node, "skipped", act.reason)
            case decide.Soak():
                await parts.soak(self._tx.connection, self._id, act.node, self._clock.now())
            case decide.Pass():
                await parts.set_state(self._tx.connection, self._id, act.node, "passed")
            case decide.Fail():
                await parts.set_state(self._tx.connection, self._id, act.node, "failed", act.reason)
            case decide.EnterStage():
                await queries.enter_stage(self._tx.connection, self._id, act.stage)
                self._record("enter_stage", stage=act.stage)
            case decide.TurnBack():
                await turn_back(self._tx, self._id, self._clock, act.cause, aborted=False)
                self._record("turn_back", cause=act.cause)
            case decide.Complete():
                await self._complete()
            case decide.End():
                await self._end()

    async def _give(self, node_id: NodeId) -> None:
        connection = self._tx.connection
        before = msgspec.json.encode(await self._before(node_id)).decode()
        await parts.set_state(connection, self._id, node_id, "applying")
        if self._row["probe_address"] is not None:
            await parts.number_probe(connection, self._id, node_id)
        if self._change.shaping_version is not None:
            await shaping.assign(self._tx, [node_id], self._change.shaping_version, encode(PREFIX, self._id))
        await tell(self._tx, node_id)
        await parts.give(connection, self._id, node_id, self._clock.now(), before)

    async def _before(self, node_id: NodeId) -> Before:
        connection, now = self._tx.connection, self._clock.now()
        if self._fleet is None:
            self._fleet = Tally(*await parts.tally_of_fleet(connection, now - _HOUR))
        node = Tally(*await parts.tally(connection, node_id, now - _DAY))
        said = await parts.condition(connection, node_id)
        return Before(waiting=said["waiting"], refused=tuple(said["refused"]), node=node, fleet=self._fleet)

    async def _complete(self) -> None:
        await queries.end(self._tx.connection, self._id, "completed", self._clock.now())
        if self._change.shaping_version is not None:
            await shaping.put_in_force(self._tx, self._change.shaping_version, encode(PREFIX, self._id))
        self._record("complete")
        await self._tell_operator("rollout.completed")
        self._tx.outbox.trigger(TELL_JOB)

    async def _end(self) -> None:
        aborted = bool(self._row["aborted"])
        await queries.end(self._tx.connection, self._id, "aborted" if aborted else "rolled_back", self._clock.now())
        self._record("end", aborted=aborted)
        if not aborted:
            await self._tell_operator("rollout.rolled_back")

    async def _tell_operator(self, event_type: str) -> None:
        data = {
            "rollout_id": encode(PREFIX, self._id),
            "kind": self._row["kind"],
            "change": msgspec.to_builtins(self._change),
            "cause": self._row["cause"],
        }
        await tell_operator(self._tx, event_type, data, at=self._clock.now())

    def _record(self, verb: str, **told: object) -> None:
        audit.record_for_fleet(self._tx, f"rollouts.{verb}", encode(PREFIX, self._id), after=told)
