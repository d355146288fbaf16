"""What can be done with a message: read as it was sent, called back, let go, sent once more."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from control_plane.core import inject
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId
from control_plane.messages import service
from web.visitor import may

_READ, _WRITE = [may("messages:read")], [may("messages:write")]


@get("/messages/{message_id:str}/raw", guards=_READ)
async def download(db: inject.Database, blobs: inject.Blobs, message_id: FromPath[str]) -> Stream:
    """Give a message as it was sent, as a file that no browser opens as a page."""
    try:
        written = await service.raw(db, blobs, message_id)
    except MalformedId as error:
        raise NotFound from error
    headers = {
        "content-disposition": f'attachment; filename="{message_id}.eml"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Stream(written, media_type="message/rfc822", headers=headers)


@post("/messages/{message_id:str}/cancel", guards=_WRITE)
async def cancel(db: inject.Database, clock: inject.Clock, message_id: FromPath[str]) -> Redirect:
    """Call back what has not left."""
    return _done((await service.cancel(db, clock, message_id)).id, "cancelled")


@post("/messages/{message_id:str}/release", guards=_WRITE)
async def release(db: inject.Database, clock: inject.Clock, message_id: FromPath[str]) -> Redirect:
    """Let go what is held."""
    return _done((await service.release_message(db, clock, message_id)).id, "released")


@post("/messages/{message_id:str}/resend", guards=_WRITE)
async def resend(db: inject.Database, clock: inject.Clock, blobs: inject.Blobs, message_id: FromPath[str]) -> Redirect:
    """Send the same to the same once more, and show the new message."""
    return _done((await service.resend(db, clock, blobs, message_id, ())).id, "sent")


def _done(message_id: str, what: str) -> Redirect:
    return Redirect(f"/messages/{message_id}?done={what}", status_code=303)


HANDLERS = (download, cancel, release, resend)
