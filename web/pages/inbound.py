"""Inbound routes: the list in its order, what would happen to a mail, making one, changing one, sending a test."""

from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound, Refused
from control_plane.core.ids import decode
from control_plane.core.languages import mark
from control_plane.inbound_routes import service
from control_plane.inbound_routes.schemas import (
    InboundExplanation,
    InboundFilters,
    InboundQuestion,
    InboundRoute,
    InboundRouteChange,
    RouteTarget,
)
from control_plane.webhooks import service as webhooks
from web import inbound_words
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.inbound_form import FIELDS, InboundForm
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import may

_SECTION = "inbound"
_PATH = "/inbound"
_RECENT = 20
_STEP = 10
_READ, _WRITE = [may("inbound:read")], [may("inbound:write")]
_COLUMNS = (
    Column(mark("Route")),
    Column(mark("Mail for"), wide=True),
    Column(mark("What becomes of it"), wide=True),
    Column(mark("Order"), end=True),
)
MAIL_COLUMNS = (
    Column(mark("Status")),
    Column(mark("From"), wide=True),
    Column(mark("To"), wide=True),
    Column(mark("Subject")),
    Column(mark("Received"), end=True, wide=True),
)


@get(_PATH, guards=_READ)
async def show_inbound(request: PageRequest, frame: page.Frame, db: inject.Database) -> Answer:
    """Show the routes, and what would happen to a mail if one is asked about."""
    asked = request.query_params.get("recipient", "").replace("\0", "").strip()
    return await _list(frame, db, InboundForm(), asked=asked)


@post(_PATH, guards=_WRITE)
async def make_inbound_route(
    frame: page.Frame, runtime: inject.Runtime, data: URLEncodedBody[InboundForm]
) -> Answer | Redirect:
    """Make a route, after all others, or show the form again with what is wrong."""
    try:
        last = max((route.priority for route in await service.in_order(runtime.db)), default=0)
        await service.create(service.Asking.of(runtime), data.new(last + _STEP))
    except Refused as refused:
        return await _list(frame, runtime.db, data, refused=refused)
    return Redirect(f"{_PATH}?done=created", status_code=303)


@get(f"{_PATH}/{{route_id:str}}", guards=_READ)
async def show_inbound_route(frame: page.Frame, db: inject.Database, route_id: FromPath[str]) -> Answer:
    """Show a route, and what came by it."""
    return await _one(frame, db, await service.get(db, decode(service.PREFIX, route_id)))


@post(f"{_PATH}/{{route_id:str}}", guards=_WRITE)
async def change_inbound_route(
    frame: page.Frame, runtime: inject.Runtime, route_id: FromPath[str], data: URLEncodedBody[InboundForm]
) -> Answer | Redirect:
    """Change a route, or show the form again with what is wrong."""
    wanted = decode(service.PREFIX, route_id)
    present = InboundForm.of(await service.get(runtime.db, wanted))
    try:
        await service.change(service.Asking.of(runtime), wanted, data.change(present))
    except Refused as refused:
        return await _one(frame, runtime.db, await service.get(runtime.db, wanted), form=data, refused=refused)
    return Redirect(f"{_PATH}/{route_id}?done=saved", status_code=303)


@post(f"{_PATH}/{{route_id:str}}/up", guards=_WRITE)
async def raise_inbound_route(db: inject.Database, route_id: FromPath[str]) -> Redirect:
    """Have a route asked earlier."""
    await service.move(db, decode(service.PREFIX, route_id), up=True)
    return Redirect(f"{_PATH}?done=saved", status_code=303)


@post(f"{_PATH}/{{route_id:str}}/down", guards=_WRITE)
async def lower_inbound_route(db: inject.Database, route_id: FromPath[str]) -> Redirect:
    """Have a route asked later."""
    await service.move(db, decode(service.PREFIX, route_id), up=False)
    return Redirect(f"{_PATH}?done=saved", status_code=303)


@post(f"{_PATH}/{{route_id:str}}/switch", guards=_WRITE)
async def switch_inbound_route(runtime: inject.Runtime, route_id: FromPath[str]) -> Redirect:
    """Switch a route off, or on again."""
    wanted = decode(service.PREFIX, route_id)
    route = await service.get(runtime.db, wanted)
    await service.change(service.Asking.of(runtime), wanted, InboundRouteChange(enabled=not route.enabled))
    return Redirect(f"{_PATH}/{route_id}?done=saved", status_code=303)


@post(f"{_PATH}/{{route_id:str}}/test", guards=[*_WRITE, may("messages:write")])
async def test_inbound_route(
    frame: page.Frame, db: inject.Database, clock: inject.Clock, route_id: FromPath[str]
) -> Answer | Redirect:
    """Send a mail to the route, and show how it fares."""
    wanted = decode(service.PREFIX, route_id)
    try:
        sent = await service.try_out(db, clock, wanted)
    except Refused as refused:
        return await _one(frame, db, await service.get(db, wanted), refused=refused)
    return Redirect(f"/messages/{sent.message_id}", status_code=303)


@post(f"{_PATH}/{{route_id:str}}/ask", guards=_WRITE)
async def ask_forward_target(frame: page.Frame, runtime: inject.Runtime, route_id: FromPath[str]) -> Answer | Redirect:
    """Ask the owner of the address that it forwards to once more."""
    wanted = decode(service.PREFIX, route_id)
    try:
        await service.ask(service.Asking.of(runtime), wanted)
    except Refused as refused:
        return await _one(frame, runtime.db, await service.get(runtime.db, wanted), refused=refused)
    return Redirect(f"{_PATH}/{route_id}?done=sent", status_code=303)


@post(f"{_PATH}/{{route_id:str}}/delete", guards=_WRITE)
async def delete_inbound_route(db: inject.Database, route_id: FromPath[str]) -> Redirect:
    """Delete a route."""
    await service.delete(db, decode(service.PREFIX, route_id))
    return Redirect(f"{_PATH}?done=deleted", status_code=303)


async def _list(
    frame: Frame, db: Database, form: InboundForm, *, asked: str = "", refused: Refused | None = None
) -> Answer:
    errors, problem = faults(refused, FIELDS) if refused else ({}, "")
    explanation, why_not = await _explained(db, asked)
    recent = await service.list_messages(db, InboundFilters(), _RECENT, None)
    context = await _form_parts(db, form, InboundForm()) | {
        "routes": await service.in_order(db),
        "table": Table(_PATH, _COLUMNS),
        "mails": recent.data,
        "mail_table": Table(f"{_PATH}/mails", MAIL_COLUMNS),
        "asked": asked,
        "explanation": explanation,
        "why_not": why_not,
        "errors": errors,
        "problem": problem,
    }
    return frame.page("pages/inbound.html", _SECTION, context, status_code=refused.status.value if refused else 200)


async def _explained(db: Database, recipient: str) -> tuple[InboundExplanation | None, str]:
    if not recipient:
        return None, ""
    try:
        return await service.explain(db, InboundQuestion(recipient=recipient)), ""
    except Refused as refused:
        errors, problem = faults(refused, {"recipient": "recipient"})
        return None, errors.get("recipient", problem)


async def _one(
    frame: Frame,
    db: Database,
    route: InboundRoute,
    *,
    form: InboundForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    errors, problem = faults(refused, FIELDS) if refused else ({}, "")
    mails = await service.list_messages(db, InboundFilters(route_id=route.id), _RECENT, None)
    present = InboundForm.of(route)
    context = await _form_parts(db, form or present, present) | {
        "route": route,
        "mails": mails.data,
        "mail_table": Table(f"{_PATH}/mails", MAIL_COLUMNS),
        "is_changing": form is not None,
        "errors": errors,
        "problem": problem or ("" if form else " ".join(errors.values())),
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/inbound_route.html", _SECTION, context, status_code=status)


async def _form_parts(db: Database, form: InboundForm, present: InboundForm) -> dict[str, object]:
    """Give what can be chosen; a route's present webhook and mailbox can be, whatever became of them."""
    mailboxes = await service.mailboxes(db)
    kept = [present.mailbox] if present.mailbox and present.mailbox not in mailboxes else []
    return {
        "form": form,
        "webhooks": await _webhooks(db, present.webhook_id),
        "mailboxes": [*mailboxes, *kept],
        "words": inbound_words,
    }


async def _webhooks(db: Database, present: str) -> list[RouteTarget]:
    offered = await service.targets(db)
    if not present or any(each.id == present for each in offered):
        return offered
    try:
        url = (await webhooks.find(db, present)).url
    except NotFound:
        url = present
    return [*offered, RouteTarget(id=present, url=url)]


HANDLERS = (
    show_inbound,
    make_inbound_route,
    show_inbound_route,
    change_inbound_route,
    raise_inbound_route,
    lower_inbound_route,
    switch_inbound_route,
    test_inbound_route,
    ask_forward_target,
    delete_inbound_route,
)
