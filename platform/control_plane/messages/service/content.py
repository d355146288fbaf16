"""What a message said, as long as it is kept: shown as it was written, and sent once more."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.blobs.service import find
from control_plane.core import ids
from control_plane.core.blobs import BlobGone, Blobs, StoredBlob
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.core.sandbox import in_mode, mode
from control_plane.core.tenancy import bound_tenant
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.compose import Composed, ComposedRecipient
from control_plane.messages.errors import ContentGone
from control_plane.messages.queries import acts, read
from control_plane.messages.queries.acts import Kept
from control_plane.messages.schemas import AcceptedMessage
from control_plane.messages.service.accept import store_batch
from tenant_agent import wire
from tenant_agent.compose import Base64Lines, FilePart, Piece, compile_message


async def raw(db: Database, blobs: Blobs, message_id: str) -> AsyncGenerator[bytes]:
    """Write a message as nodes do, its large files as they are read; raises `ContentGone`."""
    async with db.tenant_tx() as tx:
        kept, content = await _kept(tx, ids.decode("msg", message_id))
        pieces = await asyncio.to_thread(_pieces, kept.envelope, content)
        files = await _find(tx, [piece.file for piece in pieces if isinstance(piece, FilePart)])
    return _written(blobs, pieces, files)


async def resend(db: Database, clock: Clock, message_id: str, recipients: Sequence[str]) -> AcceptedMessage:
    """Send the same to some of its recipients, or all, as a new message; raises `Invalid` and what `accept` raises.

    What went nowhere goes nowhere again, whoever asks.
    """
    wanted = ids.decode("msg", message_id)
    async with db.tenant_tx() as tx:
        kept, content = await _kept(tx, wanted)
        known = await read.deliveries(tx.connection, bound_tenant(), [wanted])
    everybody = tuple(ComposedRecipient(row["recipient"], row["kind"]) for row in known)
    again = _again(kept, content, _chosen(everybody, recipients))

    def note(tx: Transaction, results: Sequence[AcceptedMessage | Refused]) -> None:
        for result in results:
            if isinstance(result, AcceptedMessage):
                audit.record(tx, "messages.resend", message_id, after={"message_id": result.id})

    try:
        with in_mode("test" if _went_nowhere(known) else mode()):
            [result] = await store_batch(db, clock, [again], note)
    except BlobGone as error:
        raise ContentGone from error
    if isinstance(result, Refused):
        raise result
    return result


def _went_nowhere(deliveries: Sequence[asyncpg.Record]) -> bool:
    return all(row["pool_id"] == SANDBOX_POOL for row in deliveries)


async def _kept(tx: Transaction, message_id: UUID) -> tuple[Kept, bytes]:
    kept = await acts.kept(tx.connection, bound_tenant(), message_id)
    if kept is None:
        raise NotFound
    if kept.content is None:
        raise ContentGone
    return kept, kept.content


def _pieces(envelope: bytes, content: bytes) -> tuple[Piece, ...]:
    skeleton = compile_message(wire.decode_as(envelope, wire.Envelope), wire.decode_as(content, wire.Content))
    return skeleton.pieces({})


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


def _chosen(everybody: tuple[ComposedRecipient, ...], wanted: Sequence[str]) -> tuple[ComposedRecipient, ...]:
    """Find the wanted among all; nobody wanted: all of them."""
    if not wanted:
        return everybody
    known = {each.email.lower(): each for each in everybody}
    chosen = [known.get(_lower(email)) for email in wanted]
    missing = [index for index, found in enumerate(chosen) if found is None]
    if missing:
        message = "This is no recipient of the message."
        raise Invalid(errors=tuple(FieldError(f"recipients[{index}]", message) for index in missing))
    return tuple(dict.fromkeys(each for each in chosen if each is not None))


def _lower(email: str) -> str:
    try:
        return normalise(email).lower()
    except BadAddress:
        return ""


def _again(kept: Kept, content: bytes, recipients: tuple[ComposedRecipient, ...]) -> Composed:
    return Composed(
        sender=kept.sender,
        domain=domain_of(kept.sender),
        recipients=recipients,
        subject=kept.subject,
        stream=kept.stream,
        tags=tuple(kept.tags),
        metadata=msgspec.json.decode(kept.metadata, type=dict[str, str]),
        content=content,
        files=tuple(wire.files_of(wire.decode_as(content, wire.Content))),
    )
