"""`/v1/inbound-messages`: mail that came in by inbound routes; and where links to its parts lead."""

import re
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import NotFound
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.inbound_routes import service
from control_plane.inbound_routes.links import PATH, Links
from control_plane.inbound_routes.reading import File
from control_plane.inbound_routes.schemas import (
    InboundFilters,
    InboundMessage,
    InboundRelease,
    InboundSummary,
    MessageStatus,
)

_READ, _WRITE = [requires("inbound:read")], [requires("inbound:write")]

Status = Annotated[MessageStatus | None, QueryParameter(description="Only mail of this status.")]
RouteId = Annotated[str | None, QueryParameter(description="Only mail of this route.")]
Number = Annotated[str, PathParameter(description="The attachment's place in the list, from 0.")]


@get("/inbound-messages", guards=_READ)
async def list_inbound_messages(
    db: inject.Database,
    status: Status = None,
    route_id: RouteId = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[InboundSummary]:
    """List mail that came in, newest first."""
    return await service.list_messages(db, InboundFilters(status=status, route_id=route_id), limit, after)


@get("/inbound-messages/{inbound_message_id:str}", guards=_READ)
async def get_inbound_message(
    db: inject.Database, settings: inject.Settings, clock: inject.Clock, inbound_message_id: FromPath[str]
) -> InboundMessage:
    """Show a mail: what it says, what was checked, and links to its attachments."""
    return await service.get_message(db, Links(settings, clock), _id(inbound_message_id))


@get("/inbound-messages/{inbound_message_id:str}/raw", guards=_READ, media_type="message/rfc822")
async def get_inbound_message_raw(db: inject.Database, inbound_message_id: FromPath[str]) -> Response[bytes]:
    """Give a mail as it came in."""
    return _answer(await service.raw_of(db, _id(inbound_message_id)))


@get(
    "/inbound-messages/{inbound_message_id:str}/attachments/{number:str}",
    guards=_READ,
    media_type="application/octet-stream",
)
async def get_inbound_attachment(
    db: inject.Database, inbound_message_id: FromPath[str], number: Number
) -> Response[bytes]:
    """Give one of a mail's attachments."""
    return _answer(await service.attachment_of(db, _id(inbound_message_id), _place(number)))


@post("/inbound-messages/{inbound_message_id:str}/release", guards=_WRITE, status_code=204)
async def release_inbound_message(
    runtime: inject.Runtime, inbound_message_id: FromPath[str], data: JSONBody[InboundRelease]
) -> None:
    """Send a held mail to a webhook after all, or on its route's way to a mailbox or an address."""
    await service.release(runtime, _id(inbound_message_id), data.webhook_id)


@delete("/inbound-messages/{inbound_message_id:str}", guards=_WRITE)
async def purge_inbound_message(db: inject.Database, inbound_message_id: FromPath[str]) -> None:
    """Throw a mail away, held or not; what is known of it stays for its time."""
    await service.purge(db, _id(inbound_message_id))


@get(f"{PATH}/{{token:str}}", include_in_schema=False)
async def give_inbound_file(
    db: inject.Database, settings: inject.Settings, clock: inject.Clock, token: FromPath[str]
) -> Response[bytes]:
    """Give what a link leads to; the link is the right to it."""
    return _answer(await service.file_by_link(db, Links(settings, clock), token))


def _id(text: str) -> UUID:
    return decode(service.MESSAGE_PREFIX, text)


def _place(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text, re.ASCII):
        raise NotFound
    return int(text)


def _answer(found: File | bytes) -> Response[bytes]:
    """Answer with bytes of a stranger's: to be kept, and never to be run."""
    is_mail = isinstance(found, bytes)
    content, name = (found, "message.eml") if isinstance(found, bytes) else (found.content, found.filename)
    return Response(
        content,
        media_type="message/rfc822" if is_mail else "application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name or 'attachment', safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


HANDLERS: list[ControllerRouterHandler] = [
    list_inbound_messages,
    get_inbound_message,
    get_inbound_message_raw,
    get_inbound_attachment,
    release_inbound_message,
    purge_inbound_message,
]
OPEN_HANDLERS: list[ControllerRouterHandler] = [give_inbound_file]
