"""Take steps with one tenant: stored, in force at once, told to those concerned."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.enforcement.decide import Decision, Standing
from control_plane.enforcement.queries import measures as queries
from control_plane.enforcement.queries import tenants as tenant_queries
from control_plane.enforcement.queries.measures import ChangeRow, MeasureRow
from control_plane.enforcement.restraint import restraint_of, throttled_hour
from control_plane.enforcement.schemas import Scope, SendingRate, Step
from control_plane.enforcement.service.tell import tell
from control_plane.enforcement.thresholds import WEEK
from control_plane.tenants.service import restraints

SETTLE_JOB = "enforcement.settle"
_HOUR = timedelta(hours=1)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is taken with one stream, or with the account."""

    scope: Scope
    decision: Decision
    figures: tuple[SendingRate, ...] = ()
    note: str = ""
    pinned_until: datetime | None = None


class Steps:
    """One tenant's measures in one transaction (fleet role), which has the tree and the measures alone."""

    def __init__(self, tx: Transaction, clock: Clock, tenant_id: UUID, rows: Sequence[asyncpg.Record]) -> None:
        self._tx = tx
        self._clock = clock
        self._now = clock.now()
        self._tenant_id = tenant_id
        self._rows = {row["stream"]: row for row in rows}
        self._taken: dict[Scope, tuple[Taken, Standing]] = {}

    @classmethod
    async def begin(cls, tx: Transaction, clock: Clock, tenant_id: UUID) -> "Steps":
        """Lock what is needed."""
        await restraints.lock_tree(tx)
        return cls(tx, clock, tenant_id, await queries.lock(tx.connection, [tenant_id]))

    def standing(self, scope: Scope) -> Standing:
        """Say where a stream, or the account, stands now."""
        if scope in self._taken:
            return self._taken[scope][1]
        return standing_of(self._rows.get(scope))

    def take(self, taken: Taken) -> None:
        """Take a step."""
        before = self.standing(taken.scope)
        ended = before.step == "paused" and taken.decision.step != "paused"
        after = Standing(
            step=taken.decision.step,
            since=self._now,
            bad_at=before.bad_at if taken.decision.cause == "clean" else self._now,
            paused_at=self._now if ended else before.paused_at,
            pinned_until=taken.pinned_until,
        )
        self._taken[taken.scope] = taken, after

    async def finish(self) -> bool:
        """Store what was taken, put it in force and tell of it; no: nothing was."""
        if not self._taken:
            return False
        changes = [self._change(scope, taken) for scope, (taken, _) in self._taken.items()]
        await queries.save(self._tx.connection, [self._row(scope) for scope in self._taken], changes, self._now)
        steps: dict[Scope, Step] = {scope: self.standing(scope).step for scope in {*self._rows, *self._taken}}
        await self._restrain(steps)
        for change in changes:
            audit.record(
                self._tx,
                "enforcement.step",
                change.stream,
                before={"step": change.before},
                after={"step": change.after, "cause": change.cause, "note": change.note},
                tenant_id=self._tenant_id,
            )
        self._tx.outbox.trigger(SETTLE_JOB)
        return True

    async def tell(self, db: Database) -> None:
        """Write to those concerned, at the end of the transaction's work."""
        for scope, (taken, _) in self._taken.items():
            await tell(self._tx, db, self._tenant_id, scope, taken.decision, taken.note)

    async def _restrain(self, steps: Mapping[Scope, Step]) -> None:
        wanted = restraint_of(self._tenant_id, steps)
        found = await tenant_queries.standing(self._tx.connection, [self._tenant_id], self._now - WEEK)
        row = found[self._tenant_id]
        hour = throttled_hour(row["busiest"] or 0, row["hour_limit"]) if wanted.throttled else None
        why = {"measures": {scope: step for scope, step in sorted(steps.items()) if step != "none"}}
        await restraints.restrain(
            self._tx, self._clock, self._tenant_id, wanted.status, hour, wanted.paused, wanted.risk, why
        )

    def _row(self, scope: Scope) -> MeasureRow:
        taken, standing = self._taken[scope]
        return MeasureRow(
            tenant_id=self._tenant_id,
            stream=scope,
            step=standing.step,
            cause=taken.decision.cause,
            since=standing.since,
            bad_at=standing.bad_at,
            counts_from=_next_hour(self._now),
            paused_at=standing.paused_at,
            pinned_until=standing.pinned_until,
            figures=msgspec.json.encode(taken.figures).decode(),
            note=taken.note,
        )

    def _change(self, scope: Scope, taken: Taken) -> ChangeRow:
        return ChangeRow(
            tenant_id=self._tenant_id,
            id=ids.new_uuid(int(self._now.timestamp() * 1000)),
            stream=scope,
            before=standing_of(self._rows.get(scope)).step,
            after=taken.decision.step,
            cause=taken.decision.cause,
            figures=msgspec.json.encode(taken.figures).decode(),
            note=taken.note,
        )


def standing_of(row: asyncpg.Record | None) -> Standing:
    """Read where a stream, or the account, stands."""
    if row is None:
        return Standing(since=_EVER, bad_at=_EVER)
    return Standing(
        step=row["step"],
        since=row["since"],
        bad_at=row["bad_at"],
        paused_at=row["paused_at"],
        pinned_until=row["pinned_until"],
    )


def _next_hour(now: datetime) -> datetime:
    """Give the first hour whose mail was all sent after a step."""
    return now.replace(minute=0, second=0, microsecond=0) + _HOUR
