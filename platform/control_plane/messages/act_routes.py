"""`/v1/messages/{id}/…`: what can be done to a message after it was accepted, and for how long it says what it said."""

from litestar import get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.rate_limit import SEND
from control_plane.messages import service
from control_plane.messages.act_schemas import ContentRetention, NewContentRetention, Resend, ScheduleChange
from control_plane.messages.schemas import AcceptedMessage, Message

_WRITE = [requires("messages:write")]
_AS_WRITTEN = "message/rfc822"


@patch("/messages/{message_id:str}", guards=_WRITE)
async def reschedule_message(
    db: inject.Database,
    clock: inject.Clock,
    message_id: FromPath[str],
    data: JSONBody[ScheduleChange],
    if_match: IfMatch = None,
) -> Message:
    """Have what is scheduled of a message go at another moment, or now."""
    return await service.reschedule(db, clock, message_id, data.send_at, if_match)


@post("/messages/{message_id:str}/cancel", status_code=200, guards=_WRITE)
async def cancel_message(db: inject.Database, clock: inject.Clock, message_id: FromPath[str]) -> Message:
    """Call back what of a message is scheduled, held, or still waits for a node."""
    return await service.cancel(db, clock, message_id)


@post("/messages/{message_id:str}/release", status_code=200, guards=_WRITE)
async def release_message(db: inject.Database, clock: inject.Clock, message_id: FromPath[str]) -> Message:
    """Let go what is held of a message over a limit, if there is room for it again."""
    return await service.release_message(db, clock, message_id)


@post("/messages/{message_id:str}/resend", status_code=202, guards=_WRITE, opt=SEND)
async def resend_message(
    db: inject.Database,
    clock: inject.Clock,
    blobs: inject.Blobs,
    message_id: FromPath[str],
    data: JSONBody[Resend],
) -> AcceptedMessage:
    """Send a message once more, to all its recipients or some, as a new one."""
    return await service.resend(db, clock, blobs, message_id, data.recipients)


@get("/messages/{message_id:str}/raw", guards=[requires("messages:read")], media_type=_AS_WRITTEN)
async def get_raw_message(db: inject.Database, blobs: inject.Blobs, message_id: FromPath[str]) -> Stream:
    """Give a message as it is sent, before it is signed; for as long as your settings say."""
    headers = {"Content-Disposition": f'attachment; filename="{message_id}.eml"'}
    return Stream(await service.raw(db, blobs, message_id), media_type=_AS_WRITTEN, headers=headers)


@get("/account/content-retention", guards=[requires("account:read")])
async def get_content_retention(db: inject.Database) -> ContentRetention:
    """Say for how long it is kept what messages said."""
    return await service.retention(db)


@put("/account/content-retention", guards=[requires("account:write")])
async def set_content_retention(
    db: inject.Database, data: JSONBody[NewContentRetention], if_match: IfMatch = None
) -> ContentRetention:
    """Choose for how long it is kept what messages said; what was forgotten stays so."""
    return await service.set_retention(db, data, if_match)


HANDLERS = [
    reschedule_message,
    cancel_message,
    release_message,
    resend_message,
    get_raw_message,
    get_content_retention,
    set_content_retention,
]
