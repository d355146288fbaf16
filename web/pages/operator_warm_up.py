"""The operator's warm-ups: plan against actual for each provider, what holds and why, and what can be done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import cast
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound, Refused
from control_plane.warmup import service
from control_plane.warmup.schemas import Preset, Warmup, WarmupChange
from web import inject as page
from web import warm_up
from web.rendering import Answer
from web.visitor import may

_SECTION, _PATH = "warm-up", "/operator/warm-up"
_READ, _WRITE = [may("fleet:read")], [may("fleet:write")]
_MOST = 100

_ACTS: Mapping[str, Callable[[Transaction, Clock, UUID], Awaitable[Warmup]]] = {
    "hold": service.hold,
    "resume": service.resume,
    "finish": service.finish,
}


class StepBackForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which class is to go back; nothing: all."""

    provider: str = ""


class ScheduleForm(msgspec.Struct, frozen=True, kw_only=True):
    """The preset that was chosen."""

    preset: str = ""


@get(_PATH, guards=_READ)
async def show_warm_ups(frame: page.Frame, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show all warm-ups, those that run first."""
    async with db.fleet_tx() as tx:
        listed = await service.listing(tx, clock, None, _MOST)
    rows = sorted(map(warm_up.row, listed.data), key=lambda row: row.warmup.status == "finished")
    return frame.page("pages/operator_warm_ups.html", _SECTION, {"rows": rows})


@get(f"{_PATH}/{{warmup_id:str}}", guards=_READ)
async def show_warm_up(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str]
) -> Answer:
    """Show one warm-up."""
    wanted = _id(warmup_id)
    async with db.fleet_tx() as tx:
        warmup, planned = await service.get(tx, clock, wanted), await service.planned(tx, clock, wanted)
    context = {
        "row": warm_up.row(warmup),
        "classes": warm_up.classes(warmup, planned, clock.now().date()),
        "presets": warm_up.PRESETS,
        "may_write": visitor.may("fleet:write") and warmup.status != "finished",
    }
    return frame.page("pages/operator_warm_up.html", _SECTION, context)


@post(f"{_PATH}/{{warmup_id:str}}/step-back", guards=_WRITE)
async def step_back(
    db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str], data: URLEncodedBody[StepBackForm]
) -> Redirect:
    """Take one class, or all, a step back."""
    async with db.fleet_tx() as tx:
        await service.step_back(tx, clock, _id(warmup_id), data.provider or None)
    return _done(warmup_id)


@post(f"{_PATH}/{{warmup_id:str}}/schedule", guards=_WRITE)
async def choose_schedule(
    db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str], data: URLEncodedBody[ScheduleForm]
) -> Redirect:
    """Choose another table."""
    if data.preset not in warm_up.PRESETS:
        raise Refused
    async with db.fleet_tx() as tx:
        await service.change(tx, clock, _id(warmup_id), WarmupChange(preset=cast("Preset", data.preset)))
    return _done(warmup_id)


@post(f"{_PATH}/{{warmup_id:str}}/{{act:str}}", guards=_WRITE)
async def act_on_warm_up(
    db: inject.Database, clock: inject.Clock, warmup_id: FromPath[str], act: FromPath[str]
) -> Redirect:
    """Hold a warm-up, let it go on, or end it."""
    if act not in _ACTS:
        raise NotFound
    async with db.fleet_tx() as tx:
        await _ACTS[act](tx, clock, _id(warmup_id))
    return _done(warmup_id)


def _done(warmup_id: str) -> Redirect:
    return Redirect(f"{_PATH}/{warmup_id}?done=saved", status_code=303)


def _id(warmup_id: str) -> UUID:
    try:
        return ids.decode(service.PREFIX, warmup_id)
    except ids.MalformedId as error:
        raise NotFound from error


HANDLERS = (show_warm_ups, show_warm_up, step_back, choose_schedule, act_on_warm_up)
