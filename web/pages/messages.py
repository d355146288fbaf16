"""The list of messages, filtered by its address, and each message's page; both keep themselves up to date."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import get_args
from urllib.parse import urlencode

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId
from control_plane.core.tenancy import acting_for
from control_plane.deliveries.schemas import Status
from control_plane.messages import service
from control_plane.messages.schemas import Filters, Message, MessageSummary
from web import cookies, live, timeline
from web import inject as page
from web.frame import Frame
from web.rendering import Answer
from web.statuses import DELIVERY_STATUSES
from web.visitor import LIVE, Visitor, find_visitor, may

_SECTION = "messages"
_GUARDS = [may("messages:read")]
_PER_PAGE = 25
_LOOK_SECONDS = 5
"""How long a new message may take to appear in an open list; the states of listed ones change at once."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a list."""

    id: str
    status: str
    subject: str
    recipient: str
    more_recipients: int
    at: datetime


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The filters of the list, as the address has them."""

    recipient: str = ""
    status: str = ""

    def address(self, path: str, **more: str) -> str:
        """Give the address of the list, with these filters."""
        given = {name: value for name, value in (*msgspec.structs.asdict(self).items(), *more.items()) if value}
        return f"{path}?{urlencode(given)}" if given else path

    def filters(self) -> Filters:
        """Translate for the service; an unknown status shows all."""
        status: Status | None = msgspec.convert(self.status, Status) if self.status in get_args(Status) else None
        return Filters(recipient=self.recipient.strip().lower() or None, status=status)


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
async def show_list(
    frame: page.Frame,
    db: inject.Database,
    recipient: FromQuery[str] = "",
    status: FromQuery[str] = "",
    after: FromQuery[str | None] = None,
) -> Answer:
    """Show a page of the list, or only its rows to htmx."""
    shown = Shown(recipient=recipient, status=status)
    context = await _list_context(db, shown, after)
    if frame.wants_part:
        return frame.part("pages/_messages_results.html", context)
    return frame.page("pages/messages.html", _SECTION, {**context, "statuses": DELIVERY_STATUSES})


@get("/messages/live", guards=_GUARDS, opt=LIVE)
async def follow_list(
    request: cookies.PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    recipient: FromQuery[str] = "",
    status: FromQuery[str] = "",
) -> Stream:
    """Follow the first page of the list."""
    return live.answer(visitor, _list_updates(request, frame, visitor, Shown(recipient=recipient, status=status)))


@get("/messages/{message_id:str}", guards=_GUARDS)
async def show_message(frame: page.Frame, db: inject.Database, message_id: FromPath[str]) -> Answer:
    """Show a message with its recipients' timelines."""
    return frame.page("pages/message.html", _SECTION, _message_context(await _find(db, message_id)))


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


async def _list_context(db: Database, shown: Shown, after: str | None) -> dict[str, object]:
    listed = await service.listing(db, shown.filters(), _PER_PAGE, after)
    return {
        "messages": [row_of(message) for message in listed.data],
        "filters": shown,
        "next_url": shown.address("/messages", after=listed.next) if listed.next else None,
        "newest_url": shown.address("/messages") if after else None,
        "live_url": None if after else shown.address("/messages/live"),
    }


def _message_context(message: Message) -> dict[str, object]:
    return {"message": message, "recipients": timeline.story_of(message)}


async def _message_updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, message_id: str
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if await find_visitor(request, used=False) is None:
            return None
        with acting_for(viewer.subject.tenant_id):
            message = await service.find(runtime.db, message_id)
        return frame.text("pages/_message_timeline.html", _message_context(message))

    async with runtime.signals.listen(f"message:{message_id}") as listener:
        async for text in live.updates("timeline", render, listener):
            yield text


async def _list_updates(
    request: cookies.PageRequest, frame: Frame, viewer: Visitor, shown: Shown
) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if await find_visitor(request, used=False) is None:
            return None
        with acting_for(viewer.subject.tenant_id):
            return frame.text("pages/_messages_rows.html", await _list_context(runtime.db, shown, None))

    with acting_for(viewer.subject.tenant_id):
        listed = await service.listing(runtime.db, shown.filters(), _PER_PAGE, None)
    async with runtime.signals.listen(*(f"message:{message.id}" for message in listed.data)) as listener:
        async for text in live.updates("rows", render, listener, look_seconds=_LOOK_SECONDS):
            yield text


HANDLERS = (show_list, follow_list, show_message, follow_message)
