"""`/v1/warmups`: how new addresses earn their name, for operators. A warm-up's id is its address's."""

from typing import Literal

from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.warmup import service
from control_plane.warmup.presets import PRESETS
from control_plane.warmup.schemas import Schedules, StepBack, Warmup, WarmupChange

_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]


@get("/warmups", guards=_READ)
async def list_warmups(
    db: inject.Database,
    clock: inject.Clock,
    status: FromQuery[Literal["running"] | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[Warmup]:
    """List warm-ups, those of the newest addresses first; with `status=running`, those that are not over."""
    async with db.fleet_tx() as tx:
        return await service.listing(tx, clock, cursor(service.PREFIX, after), limit, only_running=status is not None)


@get("/warmups/schedules", guards=_READ)
async def list_warmup_schedules() -> Schedules:
    """Give the tables of steps that come with the product."""
    return Schedules(dict(PRESETS))


@get("/warmups/{warmup_id:str}", guards=_READ)
async def get_warmup(db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str]) -> Warmup:
    """Give the warm-up of an address: each provider class's step and caps, what was sent today, and why it stands."""
    async with db.fleet_tx() as tx:
        return await service.get(tx, clock, decode(service.PREFIX, warmup_id))


@patch("/warmups/{warmup_id:str}", guards=_WRITE)
async def change_warmup(
    db: inject.Database,
    clock: inject.Clock,
    warmup_id: FromPath[str],
    data: JSONBody[WarmupChange],
    if_match: IfMatch = None,
) -> Warmup:
    """Choose another table of steps, a preset or your own; classes stay at the steps at which they are."""
    async with db.fleet_tx() as tx:
        return await service.change(tx, clock, decode(service.PREFIX, warmup_id), data, if_match)


@post("/warmups/{warmup_id:str}/hold", guards=_WRITE, status_code=200)
async def hold_warmup(db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str]) -> Warmup:
    """Let nothing climb until you let it go on; results that are bad still lead back."""
    async with db.fleet_tx() as tx:
        return await service.hold(tx, clock, decode(service.PREFIX, warmup_id))


@post("/warmups/{warmup_id:str}/resume", guards=_WRITE, status_code=200)
async def resume_warmup(db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str]) -> Warmup:
    """Let a held warm-up go on."""
    async with db.fleet_tx() as tx:
        return await service.resume(tx, clock, decode(service.PREFIX, warmup_id))


@post("/warmups/{warmup_id:str}/step-back", guards=_WRITE, status_code=200)
async def step_warmup_back(
    db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str], data: JSONBody[StepBack]
) -> Warmup:
    """Go one step back at once, at one provider class or all."""
    async with db.fleet_tx() as tx:
        return await service.step_back(tx, clock, decode(service.PREFIX, warmup_id), data.provider)


@post("/warmups/{warmup_id:str}/finish", guards=_WRITE, status_code=200)
async def finish_warmup(db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str]) -> Warmup:
    """End a warm-up at once: the address may send as much as it is given."""
    async with db.fleet_tx() as tx:
        return await service.finish(tx, clock, decode(service.PREFIX, warmup_id))


HANDLERS: list[ControllerRouterHandler] = [
    list_warmups,
    list_warmup_schedules,
    get_warmup,
    change_warmup,
    hold_warmup,
    resume_warmup,
    step_warmup_back,
    finish_warmup,
]
