"""The list of messages, filtered by its address, and each message's page; both keep themselves up to date."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId
from control_plane.core.languages import mark
from control_plane.core.tenancy import acting_for
from control_plane.deliveries.schemas import Status
from control_plane.deliveries.service import why_waiting
from control_plane.messages import service
from control_plane.messages.schemas import Filters, Message, MessageSummary
from web import cookies, csv_export, live, tables, timeline
from web import inject as page
from web.frame import Frame
from web.rendering import Answer
from web.statuses import DELIVERY_STATUSES, delivery_status
from web.tables import Choice, Column, Day, Search, Table
from web.visitor import LIVE, Visitor, may, still_may

_SECTION = "messages"
_READ = "messages:read"
_GUARDS = [may(_READ)]
_PER_PAGE = 25
_LOOK_SECONDS = 5
"""How long a new message may take to appear in an open list; the states of listed ones change at once."""

_COLUMNS = (Column(mark("Status")), Column(mark("To")), Column(mark("Subject")), Column(mark("Sent"), end=True))
_FILTERS = (
    Search("recipient", mark("Recipient’s address")),
    Choice(
        "status",
        mark("Status"),
        mark("Any status"),
        tuple((name, delivery_status(name).label) for name in DELIVERY_STATUSES),
    ),
    Day("since", mark("Since")),
    Day("until", mark("Until")),
)
_HEADER = ("id", "created_at", "from", "to", "subject", "status", "stream")
"""The names of the API, whatever the reader's language."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a list."""

    id: str
    status: str
    subject: str
    recipient: str
    more_recipients: int
    at: datetime


def row_of(message: MessageSummary) -> Row:
    """Make a message's row."""
    return Row(
        id=message.id,
        status=message.status,
        subject=message.subject,
        recipient=message.recipients[0].email if message.recipients else "",
        more_recipients=max(len(message.recipients) - 1, 0),
        at=message.created_at,
    )


@get("/messages", guards=_GUARDS)
async def show_list(request: cookies.PageRequest, frame: page.Frame, db: inject.Database) -> Answer | Stream:
    """Show a page of the list, or only its rows to htmx, or all of it as CSV."""
    given = tables.read(request, _FILTERS)
    if tables.wants_csv(request):
        return csv_export.answer("messages", _HEADER, _lines(db, given))
    context = await _list_context(db, given)
    return frame.part("pages/_messages_results.html", context) if frame.wants_part else _whole(frame, context)


@get("/messages/live", guards=_GUARDS, opt=LIVE)
async def follow_list(request: cookies.PageRequest, frame: page.Frame, visitor: page.Visitor) -> Stream:
    """Follow the first page of the list."""
    return live.answer(visitor, _list_updates(request, frame, visitor, tables.read(request, _FILTERS)))


@get("/messages/{message_id:str}", guards=_GUARDS)
async def show_message(frame: page.Frame, db: inject.Database, message_id: FromPath[str]) -> Answer:
    """Show a message with its recipients' timelines."""
    return frame.page("pages/message.html", _SECTION, await _message_context(db, await _find(db, message_id)))


@get("/messages/{message_id:str}/live", guards=_GUARDS, opt=LIVE)
async def follow_message(
    request: cookies.PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    message_id: FromPath[str],
) -> Stream:
    """Follow a message's timelines."""
    message = await _find(db, message_id)
    return live.answer(visitor, _message_updates(request, frame, visitor, message.id))


async def _find(db: Database, message_id: str) -> Message:
    try:
        return await service.find(db, message_id)
    except MalformedId as error:
        raise NotFound from error


def _whole(frame: Frame, context: dict[str, object]) -> Answer:
    return frame.page("pages/messages.html", _SECTION, context)


def _wanted(given: Mapping[str, str]) -> Filters:
    """Translate an address for the service."""
    status: Status | None = msgspec.convert(given["status"] or None, Status | None)
    return Filters(
        recipient=given["recipient"].strip().lower() or None,
        status=status,
        since=tables.start_of(given["since"]),
        until=tables.end_of(given["until"]),
    )


async def _list_context(db: Database, given: Mapping[str, str]) -> dict[str, object]:
    listed = await service.listing(db, _wanted(given), _PER_PAGE, given["after"] or None)
    table = Table("/messages", _COLUMNS, _FILTERS, given=given, next=listed.next, exportable=True)
    return {
        "messages": [row_of(message) for message in listed.data],
        "table": table,
        "live_url": None if given["after"] else msgspec.structs.replace(table, path="/messages/live").url(),
    }


async def _lines(db: Database, given: Mapping[str, str]) -> AsyncGenerator[tuple[object, ...]]:
    """Give a line for each recipient of each message."""
    filters = _wanted(given)
    async for message in csv_export.every(lambda after: service.listing(db, filters, csv_export.PER_PAGE, after)):
        for recipient in message.recipients:
            moment = message.created_at.isoformat()
            yield message.id, moment, message.sender, recipient.email, message.subject, recipient.status, message.stream


async def _message_context(db: Database, message: Message) -> dict[str, object]:
    return {"message": message, "recipients": timeline.story_of(message, await why_waiting(db, message.id))}


async def _message_updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, message_id: str
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _READ):
            return None
        with acting_for(viewer.subject.tenant_id):
            context = await _message_context(runtime.db, await service.find(runtime.db, message_id))
        return frame.text("pages/_message_timeline.html", context)

    async with runtime.signals.listen(f"message:{message_id}") as listener:
        async for text in live.updates("timeline", render, listener):
            yield text


async def _list_updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, given: Mapping[str, str]
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _READ):
            return None
        with acting_for(viewer.subject.tenant_id):
            return frame.text("pages/_messages_rows.html", await _list_context(runtime.db, given))

    with acting_for(viewer.subject.tenant_id):
        listed = await service.listing(runtime.db, _wanted(given), _PER_PAGE, None)
    async with runtime.signals.listen(*(f"message:{message.id}" for message in listed.data)) as listener:
        async for text in live.updates("rows", render, listener, look_seconds=_LOOK_SECONDS):
            yield text


HANDLERS = (show_list, follow_list, show_message, follow_message)
