"""What a message said, as long as it is kept, as it was written."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from uuid import UUID

from control_plane.blobs.service import find
from control_plane.core import ids
from control_plane.core.blobs import BlobGone, Blobs, StoredBlob
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.tenancy import bound_tenant
from control_plane.messages.errors import ContentGone
from control_plane.messages.queries import acts
from control_plane.messages.queries.acts import Kept
from tenant_agent import wire
from tenant_agent.compose import Base64Lines, FilePart, Piece, compile_message


async def raw(db: Database, blobs: Blobs, message_id: str) -> AsyncGenerator[bytes]:
    """Write a message as nodes do, its large files as they are read; raises `ContentGone`.

    What came by SMTP and failed is written as it came.
    """
    async with db.tenant_tx() as tx:
        kept, content = await kept_content(tx, ids.decode("msg", message_id))
        pieces = await asyncio.to_thread(_pieces, kept.envelope, content)
        files = await _find(tx, [piece.file for piece in pieces if isinstance(piece, FilePart)])
    return _written(blobs, pieces, files)


async def kept_content(tx: Transaction, message_id: UUID) -> tuple[Kept, bytes]:
    """Find a message of the bound tenant with what it said; raises `NotFound`, `ContentGone`."""
    kept = await acts.kept(tx.connection, bound_tenant(), message_id)
    if kept is None:
        raise NotFound
    if kept.content is None:
        raise ContentGone
    return kept, kept.content


def _pieces(envelope: bytes, content: bytes) -> tuple[Piece, ...]:
    said = wire.decode_as(content, wire.Content)
    if not envelope:
        return _as_it_came(said)
    return compile_message(wire.decode_as(envelope, wire.Envelope), said).pieces({})


def _as_it_came(said: wire.Content) -> tuple[Piece, ...]:
    """Give what came by SMTP and failed: nothing was added to it."""
    if isinstance(said.raw, wire.LongRaw):
        return said.raw.header, FilePart(said.raw.body, as_base64=False, is_ascii=said.raw.is_ascii)
    return (said.raw or b"",)


async def _find(tx: Transaction, files: Sequence[wire.FileRef]) -> dict[UUID, StoredBlob]:
    try:
        return await find(tx, bound_tenant(), [ids.from_bare(file.id) for file in files])
    except BlobGone as error:
        raise ContentGone from error


async def _written(blobs: Blobs, pieces: Sequence[Piece], files: Mapping[UUID, StoredBlob]) -> AsyncGenerator[bytes]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        lines = Base64Lines()
        async with aclosing(blobs.get(files[ids.from_bare(piece.file.id)])) as file:
            async for some in file:
                yield lines.feed(some) if piece.as_base64 else some
        yield lines.end()
