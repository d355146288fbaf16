"""Plans that an agency or the operator offers: listed, made, changed, retired."""

from uuid import UUID

import msgspec
from babel import numbers
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.errors import FleetpostError, NotFound, Refused
from control_plane.core.languages import mark
from control_plane.plans import service
from control_plane.plans.schemas import NewPlan, Plan, PlanChange, PlanLimits
from web import formats, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext, locale, ngettext
from web.pages.plan_form import FIELDS, LIMITS, PlanForm, filled
from web.rendering import Answer
from web.statuses import Status
from web.tables import Column, Table
from web.visitor import Visitor, may

_SECTION = "plans"
_PER_PAGE = 50
_COLUMNS = (
    Column(mark("Plan")),
    Column(mark("Limits"), wide=True),
    Column(mark("Price"), wide=True),
    Column(mark("On it"), end=True),
    Column(mark("Status"), end=True),
)
_ROOTS = ("/agency/plans", "/operator/plans")
_READ, _WRITE = [may("plans:read")], [may("plans:write")]


_STATUSES = {
    "offered": Status("success", mark("Offered"), mark("Clients can be put on it.")),
    "retired": Status("quiet", mark("Retired"), mark("Who is on it keeps it; nobody else gets it.")),
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as a line of the list."""

    id: str
    name: str
    limits: str
    price: str
    tenants: int
    status: Status


@get(list(_ROOTS), guards=_READ)
async def show_plans(request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show the plans that are offered from here."""
    root, given = _root(request, visitor), tables.read(request, ())
    listed = await service.list_plans(db, _cursor(given.get("after")), _PER_PAGE)
    context = {
        "plans": [line(plan) for plan in listed.data if plan.yours],
        "table": Table(root, _COLUMNS, given=given, next=listed.next),
        "root": root,
        "may_write": visitor.may("plans:write"),
    }
    return frame.page("pages/plans.html", _SECTION, context)


@get([f"{root}/new" for root in _ROOTS], guards=_WRITE)
async def new_plan(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Answer:
    """Show the empty form."""
    return _form(frame, _root(request, visitor), PlanForm())


@post([f"{root}/new" for root in _ROOTS], guards=_WRITE)
async def add_plan(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    data: URLEncodedBody[PlanForm],
) -> Answer | Redirect:
    """Make a plan, or show the form again with what is wrong."""
    root = _root(request, visitor)
    try:
        await service.create(db, clock, data.body(NewPlan))
    except Refused as refused:
        return _form(frame, root, data, refused=refused)
    return Redirect(f"{root}?done=created", status_code=303)


@get([f"{root}/{{plan_id:str}}" for root in _ROOTS], guards=_READ)
async def show_plan(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database, plan_id: FromPath[str]
) -> Answer:
    """Show a plan in its form."""
    root, plan = _root(request, visitor), await _mine(db, plan_id)
    return _form(frame, root, filled(plan), plan=plan, may_write=visitor.may("plans:write"))


@post([f"{root}/{{plan_id:str}}" for root in _ROOTS], guards=_WRITE)
async def change_plan(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    plan_id: FromPath[str],
    data: URLEncodedBody[PlanForm],
) -> Answer | Redirect:
    """Change a plan, or show the form again with what is wrong."""
    root, plan = _root(request, visitor), await _mine(db, plan_id)
    try:
        await service.change(db, _id(plan_id), data.body(PlanChange))
    except Refused as refused:
        return _form(frame, root, data, plan=plan, refused=refused)
    return Redirect(f"{root}?done=saved", status_code=303)


@post([f"{root}/{{plan_id:str}}/retire" for root in _ROOTS], guards=_WRITE)
async def retire_plan(
    request: PageRequest, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, plan_id: FromPath[str]
) -> Redirect:
    """Offer a plan no longer."""
    root = _root(request, visitor)
    await service.retire(db, clock, _id(plan_id))
    return Redirect(f"{root}?done=saved", status_code=303)


def line(plan: Plan) -> Line:
    """Write a plan in a line."""
    status = _STATUSES[plan.status]
    price = plan.price
    return Line(
        id=plan.id,
        name=plan.name,
        limits=" · ".join(_limits(plan.limits)),
        price=""
        if price is None
        else numbers.format_currency(price.amount_minor / 100, price.currency, locale=locale()),
        tenants=plan.tenants,
        status=Status(status.tone, gettext(status.label), gettext(status.meaning)),
    )


def _limits(limits: PlanLimits) -> list[str]:
    """Write the limits that people compare."""
    parts = []
    if limits.messages_month is not None:
        count = formats.number(limits.messages_month)
        parts.append(gettext("%(count)s messages a month") % {"count": count})
    if limits.domains is not None:
        parts.append(ngettext("%(num)s domain", "%(num)s domains", limits.domains) % {"num": limits.domains})
    if limits.mailboxes is not None:
        parts.append(ngettext("%(num)s mailbox", "%(num)s mailboxes", limits.mailboxes) % {"num": limits.mailboxes})
    return parts


def _form(
    frame: Frame,
    root: str,
    form: PlanForm,
    *,
    plan: Plan | None = None,
    refused: FleetpostError | None = None,
    may_write: bool = True,
) -> Answer:
    errors, problem = faults(refused, FIELDS) if refused else ({}, "")
    context = {
        "root": root,
        "form": form,
        "plan": plan,
        "limits": LIMITS,
        "errors": errors,
        "problem": problem,
        "may_write": may_write,
    }
    return frame.page("pages/plan.html", _SECTION, context, status_code=refused.status.value if refused else 200)


def _root(request: PageRequest, visitor: Visitor) -> str:
    """Give the console's address; raises `NotFound` at the console of another kind of account."""
    root = f"/{visitor.subject.tenant_kind}/plans"
    if not request.url.path.startswith(root):
        raise NotFound
    return root


async def _mine(db: inject.Database, plan_id: str) -> Plan:
    plan = await service.get(db, _id(plan_id))
    if not plan.yours:
        raise NotFound
    return plan


def _id(plan_id: str) -> UUID:
    return ids.decode(service.PREFIX, plan_id)


def _cursor(after: str | None) -> UUID | None:
    return _id(after) if after else None


HANDLERS = (show_plans, new_plan, add_plan, show_plan, change_plan, retire_plan)
