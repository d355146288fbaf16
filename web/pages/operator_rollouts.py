"""The operator's roll-outs: what went where, how each node is with it, by itself up to date, and what can be done."""

from collections.abc import AsyncGenerator
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound, Refused
from control_plane.rollouts import service
from web import cookies, live, rollouts, tables
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.visitor import LIVE, Visitor, may, still_may

_SECTION, _PATH = "rollouts", "/operator/rollouts"
_SCOPE = "fleet:read"
_READ, _WRITE = [may(_SCOPE)], [may("fleet:write")]
_PER_PAGE = 50
_LOOK_SECONDS = 5.0


@get(_PATH, guards=_READ)
async def show_rollouts(
    request: cookies.PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database
) -> Answer:
    """Show all roll-outs, newest first."""
    after = tables.read(request, ())["after"]
    async with db.fleet_tx() as tx:
        listed = await service.listing(tx, _cursor(after), _PER_PAGE)
    rows = [(line, rollouts.status_of(line.status), rollouts.in_words(line.change)) for line in listed.data]
    under_way = any(line.ended_at is None for line in listed.data)
    context = {
        "rows": rows,
        "kinds": rollouts.KINDS,
        "next": f"{_PATH}?after={listed.next}" if listed.next else None,
        "newest": _PATH if after else None,
        "may_start": visitor.may("fleet:write") and not under_way,
    }
    return frame.page("pages/operator_rollouts.html", _SECTION, context)


@get(f"{_PATH}/{{rollout_id:str}}", guards=_READ)
async def show_rollout(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, rollout_id: FromPath[str]
) -> Answer:
    """Show one roll-out."""
    return await _show(frame, visitor, db, _id(rollout_id))


@get(f"{_PATH}/{{rollout_id:str}}/live", guards=_READ, opt=LIVE)
async def follow_rollout(
    request: cookies.PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    rollout_id: FromPath[str],
) -> Stream:
    """Follow one roll-out."""
    wanted = _id(rollout_id)
    await _context(db, wanted)
    return live.answer(visitor, _updates(request, frame, visitor, wanted))


@post(f"{_PATH}/{{rollout_id:str}}/pause", guards=_WRITE, status_code=200)
async def pause_rollout(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, rollout_id: FromPath[str]
) -> Answer | Redirect:
    """Let it stand."""
    try:
        async with db.fleet_tx() as tx:
            await service.pause(tx, _id(rollout_id))
    except Refused as refused:
        return await _show(frame, visitor, db, _id(rollout_id), refused)
    return _done(rollout_id)


@post(f"{_PATH}/{{rollout_id:str}}/resume", guards=_WRITE, status_code=200)
async def resume_rollout(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, rollout_id: FromPath[str]
) -> Answer | Redirect:
    """Let it go on."""
    try:
        async with db.fleet_tx() as tx:
            await service.resume(tx, _id(rollout_id))
    except Refused as refused:
        return await _show(frame, visitor, db, _id(rollout_id), refused)
    return _done(rollout_id)


@post(f"{_PATH}/{{rollout_id:str}}/abort", guards=_WRITE, status_code=200)
async def abort_rollout(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, clock: inject.Clock, rollout_id: FromPath[str]
) -> Answer | Redirect:
    """End it; nodes get back what they had."""
    try:
        async with db.fleet_tx() as tx:
            await service.abort(tx, _id(rollout_id), clock)
    except Refused as refused:
        return await _show(frame, visitor, db, _id(rollout_id), refused)
    return _done(rollout_id)


async def _show(
    frame: Frame, visitor: Visitor, db: Database, rollout_id: UUID, refused: Refused | None = None
) -> Answer:
    context = await _context(db, rollout_id)
    context |= {"may_write": visitor.may("fleet:write"), "problem": faults(refused, {})[1] if refused else ""}
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_rollout.html", _SECTION, context, status_code=status)


async def _context(db: Database, rollout_id: UUID) -> dict[str, object]:
    async with db.fleet_tx() as tx:
        found, told = await service.get(tx, rollout_id), await service.diffs(tx, rollout_id)
    return {
        "rollout": found,
        "kind": rollouts.KINDS[found.kind],
        "status": rollouts.status_of(found.status),
        "change": rollouts.in_words(found.change),
        "former": rollouts.in_words(found.former),
        "stages": rollouts.stages(found),
        "nodes": rollouts.nodes(found),
        "diffs": rollouts.diffs(told.data),
    }


async def _updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, rollout_id: UUID
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _SCOPE):
            return None
        context = await _context(runtime.db, rollout_id)
        return frame.text("pages/_operator_rollout.html", context | {"may_write": viewer.may("fleet:write")})

    async with runtime.signals.listen(service.CHANNEL) as listener:
        async for text in live.updates("rollout", render, listener, look_seconds=_LOOK_SECONDS):
            yield text


def _cursor(after: str) -> UUID | None:
    return _id(after) if after else None


def _id(rollout_id: str) -> UUID:
    try:
        return ids.decode(service.PREFIX, rollout_id)
    except ids.MalformedId as error:
        raise NotFound from error


def _done(rollout_id: str) -> Redirect:
    return Redirect(f"{_PATH}/{rollout_id}?done=saved", status_code=303)


HANDLERS = (show_rollouts, show_rollout, follow_rollout, pause_rollout, resume_rollout, abort_rollout)
