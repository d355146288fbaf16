"""`/v1/messages`."""

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.body import UNREADABLE, refusal
from control_plane.core.errors import Refused
from control_plane.core.problem import problem_of
from control_plane.core.rate_limit import SEND
from control_plane.core.spooled_body import TAKES_FILES
from control_plane.messages import service
from control_plane.messages.act_routes import HANDLERS as ACTS
from control_plane.messages.bulk_routes import HANDLERS as BULK_ACTS
from control_plane.messages.list_routes import export_messages, list_messages
from control_plane.messages.schemas import (
    AcceptedMessage,
    BatchItem,
    BatchResult,
    Message,
    NewBatch,
    NewMessage,
)

BODY_MAX_BYTES = 36 * 1024 * 1024
"""25 MiB of attachments in base64, and the rest."""

_SEND_FILES = {**SEND, **TAKES_FILES}
_WRITE = [requires("messages:write")]
_READ = [requires("messages:read")]

_decoder = msgspec.json.Decoder(NewMessage)


@post("/messages", status_code=202, guards=_WRITE, opt=_SEND_FILES, request_max_body_size=BODY_MAX_BYTES)
async def send_message(
    data: JSONBody[NewMessage], db: inject.Database, clock: inject.Clock, blobs: inject.Blobs
) -> AcceptedMessage:
    """Accept a message."""
    return await service.accept(db, clock, data, blobs)


@post("/messages/batch", status_code=200, guards=_WRITE, opt=_SEND_FILES, request_max_body_size=BODY_MAX_BYTES)
async def send_batch(
    data: JSONBody[NewBatch], db: inject.Database, clock: inject.Clock, blobs: inject.Blobs
) -> BatchResult:
    """Accept messages, each by itself: one that is refused does not hold up the others."""
    results = await service.accept_batch(db, clock, [_read(each) for each in data.messages], blobs)
    return BatchResult(results=tuple(map(_batch_item, results)))


@get("/messages/{message_id:str}", guards=_READ)
async def get_message(message_id: FromPath[str], db: inject.Database) -> Message:
    """Show a message with its recipients' timelines."""
    return await service.find(db, message_id)


def _read(raw: msgspec.Raw) -> NewMessage | Refused:
    try:
        return _decoder.decode(raw)
    except UNREADABLE:
        return refusal(bytes(raw), NewMessage)


def _batch_item(result: AcceptedMessage | Refused) -> BatchItem:
    if isinstance(result, Refused):
        return BatchItem(error=problem_of(result))
    return BatchItem(id=result.id, status=result.status, recipients=result.recipients, sandbox=result.sandbox)


HANDLERS = [send_message, send_batch, get_message, list_messages, export_messages, *ACTS, *BULK_ACTS]
