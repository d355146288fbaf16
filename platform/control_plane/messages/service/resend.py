"""Send what a message said once more, as a new message, to some of its recipients or all.

What came by SMTP and failed was not let through by any check, or lost what it had passed them by: it is read again, as
if it came now.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.blobs.service import keep
from control_plane.core import ids
from control_plane.core.blobs import BlobGone, Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.ids import TenantId
from control_plane.core.sandbox import in_mode, mode
from control_plane.core.tenancy import bound_tenant
from control_plane.core.turns import Turns
from control_plane.ip_pools.schemas import SANDBOX_POOL
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.aside import Aside
from control_plane.messages.compose import Composed, ComposedRecipient
from control_plane.messages.errors import ContentGone
from control_plane.messages.queries import read
from control_plane.messages.queries.acts import Kept
from control_plane.messages.raw import RawSubmission, read_raw
from control_plane.messages.schemas import AcceptedMessage
from control_plane.messages.service.accept import store_batch
from control_plane.messages.service.content import kept_content, raw
from control_plane.messages.service.size import whole_within_plan
from tenant_agent import wire

_read_again: Turns[TenantId] = Turns(1)
"""What is read again is in memory, whole."""
_NO_KEY = UUID(int=0)
"""Whoever asks is bound already."""


async def resend(
    db: Database, clock: Clock, blobs: Blobs, message_id: str, recipients: Sequence[str]
) -> AcceptedMessage:
    """Send the same to some of its recipients, or all, as a new message; raises `Invalid` and what `accept` raises.

    What went nowhere goes nowhere again, whoever asks.
    """
    wanted = ids.decode("msg", message_id)
    async with db.tenant_tx() as tx:
        kept, content = await kept_content(tx, wanted)
        known = await read.deliveries(tx.connection, bound_tenant(), [wanted])
    everybody = tuple(ComposedRecipient(row["recipient"], row["kind"]) for row in known)
    chosen = _chosen(everybody, recipients)

    def note(tx: Transaction, results: Sequence[AcceptedMessage | Refused]) -> None:
        for result in results:
            if isinstance(result, AcceptedMessage):
                audit.record(tx, "messages.resend", message_id, after={"message_id": result.id})

    try:
        with in_mode("test" if _went_nowhere(known) else mode()):
            if kept.envelope:
                again: Composed | Refused = _again(kept, content, chosen)
            else:
                again = await _submitted_again(db, clock, blobs, kept, chosen)
            [result] = await store_batch(db, clock, [again], note)
    except BlobGone as error:
        raise ContentGone from error
    if isinstance(result, Refused):
        raise result
    return result


def _went_nowhere(deliveries: Sequence[asyncpg.Record]) -> bool:
    return all(row["pool_id"] == SANDBOX_POOL for row in deliveries)


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


async def _submitted_again(
    db: Database, clock: Clock, blobs: Blobs, kept: Kept, recipients: Sequence[ComposedRecipient]
) -> Composed | Refused:
    """Read what came by SMTP and failed; raises `Invalid` as at its first time."""
    async with _read_again.take(bound_tenant()):
        as_it_came = b"".join([some async for some in await raw(db, blobs, ids.encode("msg", kept.id))])
        aside = Aside()
        mail = read_raw(
            RawSubmission(
                tenant_id=bound_tenant(),
                key_id=_NO_KEY,
                sender=kept.sender,
                recipients=tuple(each.email for each in recipients),
                raw=as_it_came,
                stream=kept.stream,
                tags=(),
                metadata={},
                idempotency_key=None,
                received_at=clock.now(),
            ),
            aside,
        )
        fit = await whole_within_plan(db, mail.composed, len(as_it_came))
        if isinstance(fit, Composed):
            await keep(db, clock, blobs, aside.needed_by(fit.files))
    return fit
