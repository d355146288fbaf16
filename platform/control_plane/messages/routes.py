"""`/v1/messages`."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.body import UNREADABLE, refusal
from control_plane.core.errors import Refused
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.core.problem import problem_of
from control_plane.core.rate_limit import SEND
from control_plane.deliveries.schemas import Status
from control_plane.ip_pools.schemas import Stream
from control_plane.messages import service
from control_plane.messages.compose import Composed, compose
from control_plane.messages.schemas import (
    AcceptedMessage,
    BatchItem,
    BatchResult,
    Filters,
    Message,
    MessageSummary,
    NewBatch,
    NewMessage,
)

BODY_MAX_BYTES = 36 * 1024 * 1024
"""25 MiB of attachments in base64, and the rest."""

_WRITE = [requires("messages:write")]
_READ = [requires("messages:read")]

_decoder = msgspec.json.Decoder(NewMessage)


@post("/messages", status_code=202, guards=_WRITE, opt=SEND, request_max_body_size=BODY_MAX_BYTES)
async def send_message(data: JSONBody[NewMessage], db: inject.Database, clock: inject.Clock) -> AcceptedMessage:
    """Accept a message."""
    return await service.accept(db, clock, data)


@post("/messages/batch", status_code=200, guards=_WRITE, opt=SEND, request_max_body_size=BODY_MAX_BYTES)
async def send_batch(data: JSONBody[NewBatch], db: inject.Database, clock: inject.Clock) -> BatchResult:
    """Accept messages, each by itself: one that is refused does not hold up the others."""
    results = await service.accept_batch(db, clock, [_composed(each) for each in data.messages])
    return BatchResult(results=tuple(map(_batch_item, results)))


@get("/messages/{message_id:str}", guards=_READ)
async def get_message(message_id: FromPath[str], db: inject.Database) -> Message:
    """Show a message with its recipients' timelines."""
    return await service.find(db, message_id)


@get("/messages", guards=_READ)
async def list_messages(
    db: inject.Database,
    recipient: FromQuery[str | None] = None,
    sender: Annotated[str | None, QueryParameter(name="from")] = None,
    status: FromQuery[Status | None] = None,
    tag: FromQuery[str | None] = None,
    stream: FromQuery[Stream | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[MessageSummary]:
    """List messages, newest first."""
    filters = Filters(
        recipient=recipient, sender=sender, status=status, tag=tag, stream=stream, since=since, until=until
    )
    return await service.listing(db, filters, limit, after)


def _composed(raw: msgspec.Raw) -> Composed | Refused:
    try:
        return compose(_decoder.decode(raw))
    except UNREADABLE:
        return refusal(bytes(raw), NewMessage)
    except Refused as error:
        return error


def _batch_item(result: AcceptedMessage | Refused) -> BatchItem:
    if isinstance(result, Refused):
        return BatchItem(error=problem_of(result))
    return BatchItem(id=result.id, status=result.status, recipients=result.recipients)


HANDLERS = [send_message, send_batch, get_message, list_messages]
