"""One message: what happened to each recipient's copy, kept up to date."""

from collections.abc import AsyncGenerator

from litestar import get
from litestar.params import FromPath
from litestar.response import Stream

from control_plane.core import inject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId
from control_plane.core.languages import mark
from control_plane.core.tenancy import acting_for
from control_plane.deliveries.service import why_waiting
from control_plane.messages import service
from control_plane.messages.schemas import EmailAddress, Message, NewMessage
from web import cookies, first_message, live, timeline
from web import inject as page
from web.frame import Frame
from web.rendering import Answer
from web.snippets import Place, Snippet, sending
from web.visitor import LIVE, Visitor, may, still_may

_SECTION = "messages"
_READ = "messages:read"
_GUARDS = [may(_READ)]
_RECIPIENTS_SHOWN = 3
_RELEASE = ("release", mark("Let it go"), "play")
_CANCEL = ("cancel", mark("Call it back"), "ban")
_RESEND = ("resend", mark("Send again"), "send")


@get("/messages/{message_id:str}", guards=_GUARDS)
async def show_message(
    frame: page.Frame, db: inject.Database, settings: inject.Settings, message_id: FromPath[str]
) -> Answer:
    """Show a message with its recipients' timelines."""
    message = await _find(db, message_id)
    again = _again(first_message.place_of(settings), message) if frame.may("messages:write") else ()
    return frame.page("pages/message.html", _SECTION, {**await _context(db, message), "snippets": again})


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
    return live.answer(visitor, _updates(request, frame, visitor, message.id))


async def _find(db: Database, message_id: str) -> Message:
    try:
        return await service.find(db, message_id)
    except MalformedId as error:
        raise NotFound from error


async def _context(db: Database, message: Message) -> dict[str, object]:
    recipients = timeline.story_of(message, await why_waiting(db, message.id))
    return {"message": message, "recipients": recipients, "acts": _acts(message)}


def _again(place: Place, message: Message) -> tuple[Snippet, ...]:
    """Say how a program sends one like this: what was written in it is not asked for only to show that."""
    to, cc, bcc = (_kind(message, kind) for kind in ("to", "cc", "bcc"))
    return sending(
        place,
        NewMessage(
            sender=EmailAddress(email=message.sender),
            to=to,
            cc=cc,
            bcc=bcc,
            subject=message.subject,
            text="…",
            stream=message.stream,
            tags=message.tags,
            metadata=message.metadata,
        ),
    )


def _kind(message: Message, kind: str) -> tuple[EmailAddress, ...]:
    found = (EmailAddress(email=each.email) for each in message.recipients if each.kind == kind)
    return tuple(found)[:_RECIPIENTS_SHOWN]


def _acts(message: Message) -> tuple[tuple[str, str, str], ...]:
    """Give what can be done, each with its word and picture."""
    statuses = {recipient.status for recipient in message.recipients}
    return (
        *((_RELEASE,) if "held" in statuses else ()),
        *((_CANCEL,) if statuses & {"scheduled", "held", "accepted"} else ()),
        _RESEND,
    )


async def _updates(request: cookies.PageRequest, frame: Frame, viewer: Visitor, message_id: str) -> AsyncGenerator[str]:
    runtime = cookies.runtime_of(request)

    async def render() -> str | None:
        if not await still_may(request, viewer, _READ):
            return None
        with acting_for(viewer.subject.tenant_id):
            context = await _context(runtime.db, await service.find(runtime.db, message_id))
        return frame.text("pages/_message_timeline.html", context)

    async with runtime.signals.listen(f"message:{message_id}") as listener:
        async for text in live.updates("timeline", render, listener):
            yield text


HANDLERS = (show_message, follow_message)
