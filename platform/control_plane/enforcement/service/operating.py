"""What operators do: see what is in force, choose a step, trust an account for a while."""

from datetime import datetime, timedelta
from uuid import UUID

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.clock import Clock, in_utc
from control_plane.core.database import Connection, Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId
from control_plane.core.pagination import Page
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.enforcement.decide import Decision
from control_plane.enforcement.queries import measures as queries
from control_plane.enforcement.queries import tenants as tenant_queries
from control_plane.enforcement.schemas import SCOPES, InForce, NewExemption, NewMeasure, TenantMeasures
from control_plane.enforcement.service.health import history, measure_view, of
from control_plane.enforcement.service.steps import Steps, Taken

_LONGEST = timedelta(days=400)


async def in_force(db: Database, after: str | None, limit: int) -> Page[InForce]:
    """List everybody's measures in force, by account."""
    async with db.fleet_tx() as tx:
        rows = await queries.in_force(tx.connection, _cursor(after), limit + 1)
    shown = tuple(
        InForce(
            id=f"{ids.encode('ten', row['tenant_id'])}.{row['stream']}",
            tenant_id=ids.encode("ten", row["tenant_id"]),
            name=row["name"],
            measure=measure_view(row),
        )
        for row in rows[:limit]
    )
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get(db: Database, clock: Clock, tenant_id: UUID) -> TenantMeasures:
    """Give an account's figures, what is in force for it and what was; raises `NotFound`."""
    async with db.fleet_tx() as tx:
        tenant = await tenant_queries.names(tx.connection, tenant_id)
        if tenant is None:
            raise NotFound
        return TenantMeasures(
            tenant_id=ids.encode("ten", tenant_id),
            name=tenant["name"],
            health=await of(tx, tenant_id, clock.now()),
            history=await history(tx, tenant_id),
        )


async def choose(db: Database, clock: Clock, tenant_id: UUID, wanted: NewMeasure) -> TenantMeasures:
    """Put a step in force for a stream or the account; raises `NotFound`, `Invalid`."""
    until = _checked(wanted.reason, wanted.until, clock.now())
    if wanted.stream == "all" and wanted.step not in ("none", "paused"):
        message = "An account as a whole is paused or not; the other steps are for its streams."
        raise Invalid(errors=(FieldError("step", message),))
    async with db.fleet_tx() as tx:
        await _customer(tx.connection, tenant_id)
        steps = await Steps.begin(tx, clock, tenant_id)
        decision = Decision(wanted.step, "operator")
        steps.take(Taken(scope=wanted.stream, decision=decision, note=wanted.reason, pinned_until=until))
        await steps.finish()
        await steps.tell(db)
    return await get(db, clock, tenant_id)


async def exempt(db: Database, clock: Clock, tenant_id: UUID, wanted: NewExemption) -> TenantMeasures:
    """Trust an account until a moment, and lift what is in force; raises `NotFound`, `Invalid`."""
    now = clock.now()
    until = _checked(wanted.reason, wanted.until, now)
    assert until is not None, "an exemption has an end"
    async with db.fleet_tx() as tx:
        await _customer(tx.connection, tenant_id)
        steps = await Steps.begin(tx, clock, tenant_id)
        await queries.set_exemption(tx.connection, tenant_id, until, wanted.reason)
        if until > now:
            _lift_all(steps)
            await steps.finish()
        target = ids.encode("ten", tenant_id)
        after = {"until": until.isoformat(), "reason": wanted.reason}
        audit.record(tx, "enforcement.exempt", target, after=after, tenant_id=tenant_id)
        await steps.tell(db)
    return await get(db, clock, tenant_id)


def _lift_all(steps: Steps) -> None:
    for scope in SCOPES:
        if steps.standing(scope).step != "none":
            steps.take(Taken(scope=scope, decision=Decision("none", "exempted")))


async def _customer(connection: Connection, tenant_id: UUID) -> None:
    """Raise `NotFound` for who is no customer: the operator's own mail is nobody's to pause."""
    tenant = await tenant_queries.names(connection, tenant_id)
    if tenant is None or tenant["kind"] == "operator":
        raise NotFound


def _checked(reason: str, until: datetime | None, now: datetime) -> datetime | None:
    if not is_one_line(reason):
        raise Invalid(errors=(FieldError("reason", NOT_ONE_LINE),))
    moment = None if until is None else in_utc(until)
    if moment is not None and moment > now + _LONGEST:
        raise Invalid(errors=(FieldError("until", f"At most {_LONGEST.days} days ahead."),))
    return moment


def _cursor(after: str | None) -> tuple[UUID, str] | None:
    if not after:
        return None
    public_id, _, stream = after.partition(".")
    try:
        return ids.decode("ten", public_id), stream.replace("\0", "")
    except MalformedId as error:
        message = "This is not the `next` of a page of this list."
        raise Invalid(errors=(FieldError("after", message),)) from error
