"""The operator's nodes: how each is, by itself up to date, and what can be done with it."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Stream

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound, Refused
from control_plane.nodes import channels
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import GivingUp, Retirement
from control_plane.nodes.service import drift, history, life, queue
from web import cookies, live, node_charts, node_rows, shaping_views
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.reauthentication import recently_signed_in
from web.rendering import Answer
from web.visitor import LIVE, Visitor, may, still_may

_SECTION, _PATH = "nodes", "/operator/nodes"
_SCOPE = "fleet:read"
_READ, _WRITE = [may(_SCOPE)], [may("fleet:write")]
_LOOK_SECONDS = 5.0


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    """How a node ends: its name, typed once more, and whether others are to send what it had taken."""

    confirm: str = ""
    send_again: str = ""


@get(_PATH, guards=_READ)
async def show_nodes(frame: page.Frame, db: inject.Database) -> Answer:
    """Show all nodes."""
    return frame.page("pages/operator_nodes.html", _SECTION, {"nodes": await node_rows.rows(db, retired=True)})


@get(f"{_PATH}/live", guards=_READ, opt=LIVE)
async def follow_nodes(request: cookies.PageRequest, frame: page.Frame, visitor: page.Visitor) -> Stream:
    """Follow all nodes."""
    return live.answer(visitor, _list_updates(request, frame, visitor))


@get(f"{_PATH}/{{node_id:str}}", guards=_READ)
async def show_node(frame: page.Frame, db: inject.Database, clock: inject.Clock, node_id: FromPath[str]) -> Answer:
    """Show one node: how it is, what it runs, what it refused."""
    return await _show(frame, db, clock, _id(node_id))


@get(f"{_PATH}/{{node_id:str}}/live", guards=_READ, opt=LIVE)
async def follow_node(
    request: cookies.PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    node_id: FromPath[str],
) -> Stream:
    """Follow one node."""
    wanted = _id(node_id)
    await _context(db, clock, wanted)
    return live.answer(visitor, _updates(request, frame, visitor, wanted))


@post(f"{_PATH}/{{node_id:str}}/drain", guards=_WRITE, status_code=200)
async def drain_node(
    frame: page.Frame, db: inject.Database, clock: inject.Clock, node_id: FromPath[str]
) -> Answer | Redirect:
    """Give the node nothing new."""
    try:
        async with db.fleet_tx() as tx:
            await life.drain(tx, _id(node_id), clock)
    except Refused as refused:
        return await _show(frame, db, clock, _id(node_id), refused)
    return _done(node_id)


@post(f"{_PATH}/{{node_id:str}}/undrain", guards=_WRITE, status_code=200)
async def undrain_node(
    frame: page.Frame, db: inject.Database, clock: inject.Clock, node_id: FromPath[str]
) -> Answer | Redirect:
    """Let the node serve again."""
    try:
        async with db.fleet_tx() as tx:
            await life.undrain(tx, _id(node_id))
    except Refused as refused:
        return await _show(frame, db, clock, _id(node_id), refused)
    return _done(node_id)


@post(f"{_PATH}/{{node_id:str}}/retire", guards=[*_WRITE, recently_signed_in], status_code=200)
async def retire_node(
    frame: page.Frame, db: inject.Database, clock: inject.Clock, node_id: FromPath[str], data: URLEncodedBody[EndForm]
) -> Answer | Redirect:
    """Take the node out of service for ever."""
    try:
        async with db.fleet_tx() as tx:
            await life.retire(tx, _id(node_id), Retirement(confirm=data.confirm.strip() or None), clock)
    except Refused as refused:
        return await _show(frame, db, clock, _id(node_id), refused)
    return _done(node_id)


@post(f"{_PATH}/{{node_id:str}}/give-up", guards=[*_WRITE, recently_signed_in], status_code=200)
async def give_up_node(
    frame: page.Frame, db: inject.Database, clock: inject.Clock, node_id: FromPath[str], data: URLEncodedBody[EndForm]
) -> Answer | Redirect:
    """Declare the node gone for ever."""
    wanted = GivingUp(confirm=data.confirm.strip(), send_again=bool(data.send_again))
    try:
        async with db.fleet_tx() as tx:
            await life.give_up(tx, _id(node_id), wanted, clock)
    except Refused as refused:
        return await _show(frame, db, clock, _id(node_id), refused)
    return _done(node_id)


@post(f"{_PATH}/{{node_id:str}}/token", guards=[*_WRITE, recently_signed_in], status_code=200)
async def make_token(frame: page.Frame, db: inject.Database, clock: inject.Clock, node_id: FromPath[str]) -> Answer:
    """Make an enrolment token and show it this once."""
    async with db.fleet_tx() as tx:
        node = await nodes.get(tx, _id(node_id))
        made = await nodes.new_enrolment_token(tx, _id(node_id), clock)
    return frame.page("pages/operator_node_token.html", _SECTION, {"node": node, "made": made})


@post(f"{_PATH}/{{node_id:str}}/withdraw-tokens", guards=_WRITE, status_code=200)
async def withdraw_tokens(db: inject.Database, clock: inject.Clock, node_id: FromPath[str]) -> Redirect:
    """Withdraw the tokens that were not used."""
    async with db.fleet_tx() as tx:
        await life.withdraw_tokens(tx, _id(node_id), clock)
    return _done(node_id)


async def _show(frame: Frame, db: Database, clock: Clock, node_id: UUID, refused: Refused | None = None) -> Answer:
    problem = faults(refused, {})[1] if refused else ""
    context = await _context(db, clock, node_id) | {"problem": problem}
    return frame.page(
        "pages/operator_node.html", _SECTION, context, status_code=refused.status.value if refused else 200
    )


async def _context(db: Database, clock: Clock, node_id: UUID) -> dict[str, object]:
    async with db.fleet_tx() as tx:
        node, conditions = await nodes.get(tx, node_id), await nodes.conditions(tx)
        waiting = await queue.queue_of(tx, node_id)
        refused = await nodes.quarantined(tx, node_id)
        samples = await history.samples(tx, node_id, clock, node_charts.SPAN)
        turns = await history.turns(tx, node_id)
        drifts = await drift.of_node(tx, node_id)
    return {
        "row": node_rows.row(node, conditions[node.id], waiting.holdings),
        "held": waiting.holdings,
        "refused": refused,
        "heat": node_charts.heat(waiting.destinations),
        "reactions": shaping_views.reactions(node),
        "ages": node_charts.AGES,
        "chart": node_charts.queue_of_day(samples, clock.now()) if samples else None,
        "drifts": [(datetime.fromtimestamp(each.at_ms / 1000, UTC), each) for each in drifts],
        "turns": [(turn.at, node_rows.STATUSES[turn.after]) for turn in turns],
    }


async def _updates(request: cookies.PageRequest, frame: Frame, viewer: Visitor, node_id: UUID) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _SCOPE):
            return None
        try:
            context = await _context(runtime.db, runtime.clock, node_id)
        except NotFound:
            return None
        return frame.text("pages/_operator_node.html", context)

    async with runtime.signals.listen(channels.applied(node_id)) as listener:
        async for text in live.updates("node", render, listener, look_seconds=_LOOK_SECONDS):
            yield text


async def _list_updates(request: cookies.PageRequest, frame: Frame, viewer: Visitor) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _SCOPE):
            return None
        return frame.text("pages/_operator_nodes.html", {"nodes": await node_rows.rows(runtime.db, retired=True)})

    async with runtime.signals.listen("nodes") as listener:
        async for text in live.updates("nodes", render, listener, look_seconds=_LOOK_SECONDS):
            yield text


def _id(node_id: str) -> UUID:
    try:
        return ids.decode("nod", node_id)
    except ids.MalformedId as error:
        raise NotFound from error


def _done(node_id: str) -> Redirect:
    return Redirect(f"{_PATH}/{node_id}?done=saved", status_code=303)


HANDLERS = (
    show_nodes,
    follow_nodes,
    show_node,
    follow_node,
    drain_node,
    undrain_node,
    retire_node,
    give_up_node,
    make_token,
    withdraw_tokens,
)
