"""Plans: made, changed and retired by who offers them, seen by who may take them."""

from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.plans import queries
from control_plane.plans.errors import NobodyBelow
from control_plane.plans.schemas import NewPlan, Plan, PlanChange, PlanLimits, PlanRow
from control_plane.quotas import service as quotas

PREFIX = "pln"


async def create(db: Database, clock: Clock, new: NewPlan) -> Plan:
    """Make a plan; raises `Invalid`, `NobodyBelow`."""
    _check_words(new.name, new.overage)
    tenant_id = bound_tenant()
    fields = {name: getattr(new, name) for name in new.__struct_fields__}
    row = PlanRow(tenant_id=tenant_id, id=new_uuid(), created_at=clock.now(), retired_at=None, **fields)
    async with db.tenant_tx() as tx:
        kind = await queries.kind_of(tx, tenant_id)
        if kind == "client":
            raise NobodyBelow
        _check_weight(kind, 1, row.weight)
        await queries.insert(tx, row)
        audit.record(tx, "plans.create", encode(PREFIX, row.id), after=_told(row))
    return _view(row, 0)


async def get(db: Database, plan_id: UUID) -> Plan:
    """Give a plan; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.find(tx, bound_tenant(), plan_id)
        if row is None:
            raise NotFound
        return await _seen(tx, row)


async def current(db: Database) -> Plan | None:
    """Give the plan that the bound tenant itself is on, if it is on one."""
    async with db.tenant_tx() as tx:
        row = await queries.current(tx, bound_tenant())
    return None if row is None else _view(row, 0)


async def list_plans(db: Database, after: UUID | None, limit: int) -> Page[Plan]:
    """List the plans that the bound tenant offers and those offered to it, newest first."""
    tenant_id = bound_tenant()
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, tenant_id, after, limit + 1)
        tenants = await queries.tenants_on(tx, tenant_id, [row.id for row in rows])
    shown = tuple([_view(row, tenants.get(row.id, 0)) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def change(db: Database, plan_id: UUID, wanted: PlanChange, if_match: str | None = None) -> Plan:
    """Change a plan for everybody on it; raises `NotFound`, `Invalid`, `OverAllocated`, `PreconditionFailed`."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    _check_words(str(given.get("name", "")), str(given.get("overage", "")))
    async with db.tenant_tx() as tx:
        row = await _mine(tx, plan_id)
        etag.check(if_match, await _seen(tx, row))
        changed = msgspec.structs.replace(row, **given)
        _check_weight(await queries.kind_of(tx, row.tenant_id), row.weight, changed.weight)
        await queries.save(tx, changed)
        await quotas.check_gifts(tx, row.tenant_id, raised(row.limits, changed.limits))
        audit.record(tx, "plans.change", encode(PREFIX, row.id), before=_told(row), after=_told(changed))
        return await _seen(tx, changed)


async def retire(db: Database, clock: Clock, plan_id: UUID, if_match: str | None = None) -> None:
    """Offer a plan no longer; who is on it keeps it. Raises `NotFound`, `PreconditionFailed`."""
    async with db.tenant_tx() as tx:
        row = await _mine(tx, plan_id)
        etag.check(if_match, await _seen(tx, row))
        if row.retired_at is None:
            await queries.save(tx, msgspec.structs.replace(row, retired_at=clock.now()))
            audit.record(tx, "plans.retire", encode(PREFIX, row.id), before=_told(row))


def raised(before: PlanLimits, after: PlanLimits) -> list[str]:
    """Name the limits that are higher than before; one that is no limit any more shares what there is."""
    old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    return [name for name, most in new.items() if most is not None and (old[name] is None or most > old[name])]


async def _mine(tx: Transaction, plan_id: UUID) -> PlanRow:
    row = await queries.lock(tx, bound_tenant(), plan_id)
    if row is None:
        raise NotFound
    return row


async def _seen(tx: Transaction, row: PlanRow) -> Plan:
    return _view(row, (await queries.tenants_on(tx, bound_tenant(), [row.id])).get(row.id, 0))


def _check_words(name: str, overage: str) -> None:
    errors = [
        FieldError(path, NOT_ONE_LINE) for path, text in (("name", name), ("overage", overage)) if not is_one_line(text)
    ]
    if errors:
        raise Invalid(errors=tuple(errors))


def _check_weight(kind: str, before: float, after: float) -> None:
    """Let nobody but the operator share the pools out, which are everybody's."""
    if after != before and kind != "operator":
        message = "Only the operator's plans have a weight: it is a share of pools that others use, too."
        raise Invalid(errors=(FieldError("weight", message),))


def _told(row: PlanRow) -> dict[str, object]:
    kept = ("name", "limits", "over_limit", "overage", "price", "weight")
    return {name: msgspec.to_builtins(getattr(row, name)) for name in kept}


def _view(row: PlanRow, tenants: int) -> Plan:
    return Plan(
        id=encode(PREFIX, row.id),
        name=row.name,
        limits=row.limits,
        over_limit=row.over_limit,
        overage=row.overage,
        price=row.price,
        weight=row.weight,
        status="offered" if row.retired_at is None else "retired",
        yours=row.tenant_id == bound_tenant(),
        tenants=tenants,
        created_at=row.created_at,
    )
