"""The operator's moves of mailboxes: asked for here, followed by themselves, stopped and tried again."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import cast
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound, Refused
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.moves import service
from control_plane.moves.schemas import MailboxMove, MoveBatch, MoveStatus, NewMoves
from control_plane.nodes import service as nodes
from web import cookies, live, move_rows, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.tables import Choice, Column, Table
from web.visitor import LIVE, Visitor, may, still_may

_SECTION, _PATH = "moves", "/operator/moves"
_SCOPE = "fleet:read"
_READ, _WRITE = [may(_SCOPE)], [may("fleet:write")]
_PER_PAGE, _MOST_NODES = 50, 200
_LOOK_SECONDS = 3.0
_FIELDS = {"mailbox": "name", "domain": "name", "tenant": "name", "node": "name", "to": "to"}
_COLUMNS = (
    Column(mark("Mailbox")),
    Column(mark("Status")),
    Column(mark("From node"), wide=True),
    Column(mark("To node"), wide=True),
    Column(mark("Size"), end=True, wide=True),
    Column(mark("Act"), end=True),
)
_FILTERS = (Choice("status", mark("Status"), mark("Any status"), move_rows.STATUSES),)

_BATCH_TURNS: Mapping[str, Callable[[Transaction, Clock, UUID], Awaitable[MoveBatch]]] = {
    "pause": service.pause,
    "resume": service.resume,
}
_BATCH_ACTS: Mapping[str, Callable[[Database, Clock, UUID], Awaitable[MoveBatch]]] = {
    "abort": service.abort_batch,
    "retry": service.retry_batch,
}
_MOVE_ACTS: Mapping[str, Callable[[Transaction, Clock, UUID], Awaitable[MailboxMove]]] = {
    "abort": service.abort,
    "retry": service.retry,
}


class MovesForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is to move, and where to."""

    kind: str = "mailbox"
    name: str = ""
    to: str = ""

    def wanted(self) -> NewMoves:
        """Make what is asked for; raises `Refused`."""
        if self.kind not in dict(move_rows.KINDS) or not self.name.strip():
            raise Refused
        fields = {self.kind: self.name.strip()[:320], "to": self.to[:320] or None}
        return msgspec.convert(fields, NewMoves)


@get(_PATH, guards=_READ)
async def show_moves(request: PageRequest, frame: page.Frame, db: inject.Database, clock: inject.Clock) -> Answer:
    """Show what was asked for, newest first."""
    given = request.query_params
    form = MovesForm(kind=given.get("kind", "mailbox"), name=given.get("name", "")[:320])
    return await _list(frame, db, clock, tables.read(request, ())["after"], form)


@post(_PATH, guards=_WRITE)
async def ask_for_moves(
    frame: page.Frame, db: inject.Database, clock: inject.Clock, data: URLEncodedBody[MovesForm]
) -> Answer | Redirect:
    """Ask for moves, or show the form again with what is wrong."""
    try:
        async with db.fleet_tx() as tx:
            batch = await service.request(tx, clock, data.wanted())
    except Refused as refused:
        return await _list(frame, db, clock, "", data, refused)
    return Redirect(f"{_PATH}/{batch.id}?done=created", status_code=303)


@get(f"{_PATH}/live", guards=_READ, opt=LIVE)
async def follow_moves(request: PageRequest, frame: page.Frame, visitor: page.Visitor) -> Stream:
    """Follow all that was asked for."""

    async def render(runtime: Runtime) -> str:
        context = await _list_context(runtime.db, runtime.clock, "")
        return frame.text("pages/_operator_moves.html", context)

    return live.answer(visitor, _updates(request, visitor, "moves", render))


@get(f"{_PATH}/{{batch_id:str}}", guards=_READ)
async def show_batch(
    request: PageRequest, frame: page.Frame, db: inject.Database, clock: inject.Clock, batch_id: FromPath[str]
) -> Answer:
    """Show how far something is, mailbox by mailbox."""
    return await _show(request, frame, db, clock, _id(service.BATCH_PREFIX, batch_id))


@get(f"{_PATH}/{{batch_id:str}}/live", guards=_READ, opt=LIVE)
async def follow_batch(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    batch_id: FromPath[str],
) -> Stream:
    """Follow something that was asked for."""
    wanted = _id(service.BATCH_PREFIX, batch_id)
    async with db.fleet_tx() as tx:
        await service.batch(tx, clock, wanted)

    async def render(runtime: Runtime) -> str:
        async with runtime.db.fleet_tx() as tx:
            row = move_rows.batch_row(await service.batch(tx, runtime.clock, wanted))
        return frame.text("pages/_operator_move.html", {"row": row})

    return live.answer(visitor, _updates(request, visitor, "move", render))


@post(f"{_PATH}/{{batch_id:str}}/{{act:str}}", guards=_WRITE)
async def act_on_batch(
    db: inject.Database, clock: inject.Clock, batch_id: FromPath[str], act: FromPath[str]
) -> Redirect:
    """Pause all of it, let it go on, abort it, or try again what failed."""
    wanted = _id(service.BATCH_PREFIX, batch_id)
    if act in _BATCH_ACTS:
        await _BATCH_ACTS[act](db, clock, wanted)
    elif act in _BATCH_TURNS:
        async with db.fleet_tx() as tx:
            await _BATCH_TURNS[act](tx, clock, wanted)
    else:
        raise NotFound
    return _done(batch_id)


@post(f"{_PATH}/{{batch_id:str}}/mailboxes/{{move_id:str}}/{{act:str}}", guards=_WRITE)
async def act_on_move(
    request: PageRequest,
    frame: page.Frame,
    db: inject.Database,
    clock: inject.Clock,
    batch_id: FromPath[str],
    move_id: FromPath[str],
    act: FromPath[str],
) -> Answer | Redirect:
    """Leave one mailbox where it is, or try it again; or say why that cannot be."""
    if act not in _MOVE_ACTS:
        raise NotFound
    try:
        async with db.fleet_tx() as tx:
            await _MOVE_ACTS[act](tx, clock, _id(service.PREFIX, move_id))
    except NotFound:
        raise
    except Refused as refused:
        return await _show(request, frame, db, clock, _id(service.BATCH_PREFIX, batch_id), refused)
    return _done(batch_id)


async def _list(
    frame: Frame, db: Database, clock: Clock, after: str, form: MovesForm, refused: Refused | None = None
) -> Answer:
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    async with db.fleet_tx() as tx:
        listed = await nodes.list_nodes(tx, None, _MOST_NODES, retired=False)
    context = await _list_context(db, clock, after) | {
        "form": form,
        "errors": errors,
        "problem": problem,
        "is_open": bool(refused or form.name),
        "kinds": move_rows.KINDS,
        "targets": [node for node in listed.data if "mailbox" in node.roles and not node.draining_since],
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_moves.html", _SECTION, context, status_code=status)


async def _list_context(db: Database, clock: Clock, after: str) -> dict[str, object]:
    async with db.fleet_tx() as tx:
        listed = await service.list_batches(tx, clock, _cursor(service.BATCH_PREFIX, after), _PER_PAGE)
    return {
        "rows": [move_rows.batch_row(batch) for batch in listed.data],
        "next": f"{_PATH}?after={listed.next}" if listed.next else None,
        "newest": _PATH if after else None,
    }


async def _show(
    request: PageRequest, frame: Frame, db: Database, clock: Clock, batch_id: UUID, refused: Refused | None = None
) -> Answer:
    given = tables.read(request, _FILTERS)
    status = cast("MoveStatus", given["status"]) if given["status"] else None
    async with db.fleet_tx() as tx:
        batch = await service.batch(tx, clock, batch_id)
        after = _cursor(service.PREFIX, given["after"])
        moves = await service.list_moves(tx, after, _PER_PAGE, status=status, batch_id=batch_id)
    context = {
        "row": move_rows.batch_row(batch),
        "table": Table(f"{_PATH}/{batch.id}", _COLUMNS, _FILTERS, given, moves.next),
        "moves": [move_rows.move_row(move) for move in moves.data],
        "problem": faults(refused, {})[1] if refused else "",
    }
    code = refused.status.value if refused else 200
    return frame.page("pages/operator_move.html", _SECTION, context, status_code=code)


async def _updates(
    request: PageRequest, viewer: Visitor, name: str, render: Callable[[Runtime], Awaitable[str]]
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render_for_reader() -> str | None:
        return await render(runtime) if await still_may(request, viewer, _SCOPE) else None

    async with runtime.signals.listen(service.CHANNEL) as listener:
        async for text in live.updates(name, render_for_reader, listener, look_seconds=_LOOK_SECONDS):
            yield text


def _cursor(prefix: str, after: str) -> UUID | None:
    """Read where a page begins; what is none begins at the beginning."""
    try:
        return ids.decode(prefix, after)
    except ids.MalformedId:
        return None


def _id(prefix: str, text: str) -> UUID:
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId as error:
        raise NotFound from error


def _done(batch_id: str) -> Redirect:
    return Redirect(f"{_PATH}/{batch_id}?done=saved", status_code=303)


HANDLERS = (show_moves, ask_for_moves, follow_moves, show_batch, follow_batch, act_on_batch, act_on_move)
