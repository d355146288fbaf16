"""Offers for agents that fetch no files yet: the files are put into the messages, as many as a frame takes.

What does not fit goes back in line, and is offered with the next frame.
"""

from collections.abc import Sequence

import msgspec
import structlog

from control_plane.blobs import service as blobs_service
from control_plane.core.blobs import BlobGone, Blobs, StoreAway
from control_plane.core.database import Database
from control_plane.core.ids import decode, from_bare
from control_plane.deliveries import service as deliveries
from tenant_agent import wire

_MOST_BYTES = 30 * 1024 * 1024

_log = structlog.get_logger()


async def inlined(db: Database, blobs: Blobs, offer: wire.Offer) -> wire.Offer | None:
    """Put files into an offer; None: they cannot be read just now, and all of it is back in line."""
    try:
        messages = await _fitting(db, blobs, offer.messages)
    except (BlobGone, StoreAway) as error:
        _log.warning("files cannot be offered", action="link.files_missing", error=str(error))
        messages = []
    left_out = [each.delivery_id for each in offer.deliveries if each.message >= len(messages)]
    if left_out:
        await deliveries.put_back_in_line(db, offer.lease_id, [decode(deliveries.PREFIX, each) for each in left_out])
    if not messages:
        return None
    kept = tuple(each for each in offer.deliveries if each.message < len(messages))
    return msgspec.structs.replace(offer, messages=tuple(messages), deliveries=kept)


async def _fitting(db: Database, blobs: Blobs, offered: Sequence[wire.OfferedMessage]) -> list[wire.OfferedMessage]:
    """Give the first of the messages with their files, at least one."""
    messages: list[wire.OfferedMessage] = []
    size = 0
    for message in offered:
        content = wire.decode_as(bytes(message.content), wire.Content)
        size += len(bytes(message.content)) + sum(file.size for file in wire.files_of(content))
        if messages and size > _MOST_BYTES:
            break
        messages.append(await _with_files(db, blobs, message, content))
    return messages


async def _with_files(
    db: Database, blobs: Blobs, message: wire.OfferedMessage, content: wire.Content
) -> wire.OfferedMessage:
    files = list(wire.files_of(content))
    if not files:
        return message
    envelope = wire.decode_as(bytes(message.envelope), wire.Envelope)
    whole = await _read(db, blobs, envelope, files)
    raw = content.raw
    content = msgspec.structs.replace(
        content,
        raw=raw.header + whole[raw.body.id] if isinstance(raw, wire.LongRaw) else raw,
        attachments=tuple(
            msgspec.structs.replace(each, content=whole[each.content.id])
            if isinstance(each.content, wire.FileRef)
            else each
            for each in content.attachments
        ),
    )
    return msgspec.structs.replace(message, content=msgspec.Raw(wire.encode(content)))


async def _read(db: Database, blobs: Blobs, envelope: wire.Envelope, files: Sequence[wire.FileRef]) -> dict[str, bytes]:
    """Give files' bytes by their ids; raises `BlobGone`, `StoreAway`."""
    tenant_id = decode("ten", envelope.tenant_id)
    async with db.fleet_tx() as tx:
        found = await blobs_service.find(tx, tenant_id, [from_bare(file.id) for file in files])
    return {file.id: await blobs_service.whole(blobs, found[from_bare(file.id)]) for file in files}
