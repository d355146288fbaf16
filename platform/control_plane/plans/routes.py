"""`/v1/plans`: what you offer to those right below you, and what is offered to you."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.plans import service
from control_plane.plans.schemas import NewPlan, Plan, PlanChange

_WRITE = [requires("plans:write")]
_READ = [requires("plans:read")]


@get("/plans", guards=_READ)
async def list_plans(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Plan]:
    """List the plans that you offer and those that your provider offers you, newest first."""
    return await service.list_plans(db, cursor(service.PREFIX, after), limit)


@post("/plans", guards=_WRITE)
async def create_plan(db: inject.Database, clock: inject.Clock, data: JSONBody[NewPlan]) -> Plan:
    """Make a plan for those right below you."""
    return await service.create(db, clock, data)


@get("/plans/{plan_id:str}", guards=_READ)
async def get_plan(db: inject.Database, plan_id: FromPath[str]) -> Plan:
    """Give a plan."""
    return await service.get(db, decode(service.PREFIX, plan_id))


@patch("/plans/{plan_id:str}", guards=_WRITE)
async def change_plan(
    db: inject.Database, plan_id: FromPath[str], data: JSONBody[PlanChange], if_match: IfMatch = None
) -> Plan:
    """Change a plan of yours, for everybody who is on it."""
    return await service.change(db, decode(service.PREFIX, plan_id), data, if_match)


@delete("/plans/{plan_id:str}", guards=_WRITE)
async def retire_plan(
    db: inject.Database, clock: inject.Clock, plan_id: FromPath[str], if_match: IfMatch = None
) -> None:
    """Offer a plan of yours no longer; who is on it keeps it."""
    await service.retire(db, clock, decode(service.PREFIX, plan_id), if_match)


HANDLERS: list[ControllerRouterHandler] = [list_plans, create_plan, get_plan, change_plan, retire_plan]
