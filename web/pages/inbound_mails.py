"""Mail that came in by inbound routes: the list, one mail, and what to do with one that is held."""

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.errors import Refused
from control_plane.core.ids import decode
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.inbound_routes import service
from control_plane.inbound_routes.links import Links
from control_plane.inbound_routes.schemas import InboundFilters, MessageStatus
from web import inbound_words, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.pages.inbound import MAIL_COLUMNS
from web.rendering import Answer
from web.tables import Choice, Table
from web.visitor import may

_SECTION = "inbound"
_PATH = "/inbound/mails"
_PER_PAGE = 50
_READ, _WRITE = [may("inbound:read")], [may("inbound:write")]
_FILTERS = (
    Choice(
        "status",
        mark("Status"),
        mark("Any status"),
        tuple((name, inbound_words.status_of(name).label) for name in inbound_words.STATUSES),
    ),
)


class ReleaseForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where a held mail goes."""

    webhook_id: str = ""


@get(_PATH, guards=_READ)
async def show_inbound_mails(request: PageRequest, frame: page.Frame, db: inject.Database) -> Answer:
    """Show the list."""
    given = tables.read(request, _FILTERS)
    status: MessageStatus | None = given["status"] or None  # type: ignore[assignment]  # a choice of these
    listed = await service.list_messages(db, InboundFilters(status=status), _PER_PAGE, given["after"] or None)
    table = Table(_PATH, MAIL_COLUMNS, _FILTERS, given=given, next=listed.next)
    context = {"mails": listed.data, "table": table, "words": inbound_words}
    return frame.page("pages/inbound_mails.html", _SECTION, context)


@get(f"{_PATH}/{{inbound_message_id:str}}", guards=_READ)
async def show_inbound_mail(frame: page.Frame, runtime: inject.Runtime, inbound_message_id: FromPath[str]) -> Answer:
    """Show one mail."""
    return await _one(frame, runtime, inbound_message_id)


@post(f"{_PATH}/{{inbound_message_id:str}}/release", guards=_WRITE)
async def release_inbound_mail(
    frame: page.Frame, runtime: inject.Runtime, inbound_message_id: FromPath[str], data: URLEncodedBody[ReleaseForm]
) -> Answer | Redirect:
    """Send a held mail to a webhook."""
    wanted = decode(service.MESSAGE_PREFIX, inbound_message_id)
    try:
        await service.release(runtime, wanted, data.webhook_id or None)
    except Refused as refused:
        return await _one(frame, runtime, inbound_message_id, refused)
    return Redirect(f"{_PATH}/{inbound_message_id}?done=sent", status_code=303)


@post(f"{_PATH}/{{inbound_message_id:str}}/purge", guards=_WRITE)
async def purge_inbound_mail(db: inject.Database, inbound_message_id: FromPath[str]) -> Redirect:
    """Throw a mail away."""
    await service.purge(db, decode(service.MESSAGE_PREFIX, inbound_message_id))
    return Redirect(f"{_PATH}/{inbound_message_id}?done=deleted", status_code=303)


async def _one(frame: Frame, runtime: Runtime, message_id: str, refused: Refused | None = None) -> Answer:
    links = Links(runtime.settings, runtime.clock)
    mail = await service.get_message(runtime.db, links, decode(service.MESSAGE_PREFIX, message_id))
    errors, problem = faults(refused, {"webhook_id": "webhook_id"}) if refused else ({}, "")
    context = {
        "mail": mail,
        "words": inbound_words,
        "webhooks": await service.targets(runtime.db),
        "errors": errors,
        "problem": problem,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/inbound_mail.html", _SECTION, context, status_code=status)


HANDLERS = (show_inbound_mails, show_inbound_mail, release_inbound_mail, purge_inbound_mail)
