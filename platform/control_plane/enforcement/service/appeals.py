"""Appeals: made by tenants, answered by operators; one that is accepted lifts the measures, with a probation."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant
from control_plane.enforcement.decide import Decision
from control_plane.enforcement.errors import AppealAnsweredAlready, AppealOpen, AppealTooSoon, NothingToAppeal
from control_plane.enforcement.queries import appeals as queries
from control_plane.enforcement.queries import measures as measure_queries
from control_plane.enforcement.queries import tenants as tenant_queries
from control_plane.enforcement.schemas import SCOPES, STEPS, Appeal, AppealAnswer, NamedAppeal, NewAppeal, Step
from control_plane.enforcement.service.steps import Steps, Taken
from control_plane.enforcement.service.tell import OPERATOR_PATH, OWN_PATH, write
from control_plane.enforcement.service.views import APPEAL_PREFIX, appeal_view
from control_plane.notices.schemas import AppealAnswered, AppealMade

_AGAIN_AFTER = timedelta(days=1)


async def appeal(db: Database, clock: Clock, new: NewAppeal) -> Appeal:
    """Appeal for the bound tenant; raises `NothingToAppeal`, `AppealOpen`, `AppealTooSoon`."""
    now, tenant_id = clock.now(), bound_tenant()
    appeal_id = ids.new_uuid()
    async with db.tenant_tx() as tx:
        measures = await measure_queries.of(tx.connection, [tenant_id])
        if all(row["step"] == "none" for row in measures):
            raise NothingToAppeal
        last = await queries.last(tx.connection, tenant_id)
        if last is not None and last["status"] == "declined" and now - last["answered_at"] < _AGAIN_AFTER:
            raise AppealTooSoon
        try:
            async with tx.savepoint():
                await queries.insert(tx.connection, tenant_id, appeal_id, new.cause, new.changed, now)
        except asyncpg.UniqueViolationError as error:
            raise AppealOpen from error
        audit.record(tx, "enforcement.appeal", ids.encode(APPEAL_PREFIX, appeal_id))
        made = await queries.last(tx.connection, tenant_id)
        assert made is not None, "it was just stored"
    await _tell_operators(db, tenant_id)
    return appeal_view(made)


async def own(db: Database, after: UUID | None, limit: int) -> Page[Appeal]:
    """List the bound tenant's, newest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, bound_tenant(), after, limit + 1)
    shown = tuple(map(appeal_view, rows[:limit]))
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def open_ones(db: Database, after: UUID | None, limit: int) -> Page[NamedAppeal]:
    """List everybody's that wait for an answer, the oldest first."""
    async with db.fleet_tx() as tx:
        rows = await queries.open_ones(tx.connection, after, limit + 1)
    shown = tuple(
        NamedAppeal(id=ids.encode(APPEAL_PREFIX, row["id"]), name=row["name"], appeal=appeal_view(row))
        for row in rows[:limit]
    )
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def answer(db: Database, clock: Clock, appeal_id: UUID, given: AppealAnswer) -> Appeal:
    """Answer an appeal; raises `NotFound`, `AppealAnsweredAlready`."""
    now = clock.now()
    async with db.fleet_tx() as tx:
        found = await queries.find(tx.connection, appeal_id)
        if found is None:
            raise NotFound
        tenant_id = found["tenant_id"]
        steps = await Steps.begin(tx, clock, tenant_id)
        row = await queries.lock(tx.connection, appeal_id)
        if row is None or row["status"] != "open":
            raise AppealAnsweredAlready
        if given.accept:
            _lift(steps)
            await steps.finish()
        status = "accepted" if given.accept else "declined"
        answered = await queries.answer(tx.connection, tenant_id, appeal_id, status, given.answer, now)
        assert answered is not None, "it is locked"
        target = ids.encode(APPEAL_PREFIX, appeal_id)
        audit.record(tx, "enforcement.answer", target, after={"status": status}, tenant_id=tenant_id)
        tenant = await tenant_queries.names(tx.connection, tenant_id)
        if tenant is not None:
            news = AppealAnswered(path=OWN_PATH, account=tenant["name"], accepted=given.accept, answer=given.answer)
            await write(db, tenant_id, news)
    return appeal_view(answered)


def _lift(steps: Steps) -> None:
    """Take back what keeps mail back; a warning stays: what is sent from now on decides."""
    for scope in SCOPES:
        down: Step = "none" if scope == "all" else "warned"
        if STEPS.index(steps.standing(scope).step) > STEPS.index(down):
            steps.take(Taken(scope=scope, decision=Decision(down, "appeal_accepted")))


async def _tell_operators(db: Database, tenant_id: UUID) -> None:
    async with db.fleet_tx() as tx:
        operator = await tenant_queries.operator(tx.connection)
        tenant = await tenant_queries.names(tx.connection, tenant_id)
    if operator is not None and tenant is not None:
        await write(db, operator, AppealMade(path=OPERATOR_PATH, account=tenant["name"]))
